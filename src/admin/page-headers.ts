import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';

/** Everything comes from here; nothing is inline. */
const policy = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", 'data:'],
    fontSrc: ["'self'"],
    connectSrc: ["'self'"],
    formAction: ["'self'"],
    // Said as well where the default says it: not every checker of headers knows what a default is for.
    objectSrc: ["'none'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
  },
};

/** What the admin tells browsers with every answer: they are the same for all, and wanted also where no response is there to set them on. */
export const pageHeaders: Readonly<Record<string, string>> = headersOf(
  helmet({ contentSecurityPolicy: policy, referrerPolicy: { policy: 'same-origin' } }),
);

function headersOf(set: ReturnType<typeof helmet>): Record<string, string> {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  set(request, response, () => {});
  return Object.fromEntries(Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]));
}
