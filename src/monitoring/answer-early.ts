import { type IncomingMessage, maxHeaderSize, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionError, FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** What a request asked for, as far as it could be read. */
export type Asked = Pick<FastifyRequest, 'url'> & { headers: { accept?: string | undefined } };

/** Why a request is refused before a route was looked for. */
type EarlyRefusal = { status: number; code: string; detail: string };

/** What such a request is answered. */
type EarlyAnswer = { status: number; type: string; body: string };

/** How a server words its refusals, and which headers all its answers have. */
export type EarlyAnswers = {
  headers: Readonly<Record<string, string>>;
  wordsOf: (refusal: EarlyRefusal, asked: Asked) => EarlyAnswer;
};

/**
 * For the options of a server: what fastify and Node would answer in words and with headers of their own is answered as everything
 * else. It belongs together with `refuseEarly`, and with `requireHostHeader: false` among the options of `http`.
 */
export function earlyAnswers({ headers: usual, wordsOf }: EarlyAnswers) {
  const headers = { ...usual, ...unkept };
  return {
    return503OnClosing: false,
    frameworkErrors(error: FastifyError, request: unknown, reply: unknown): void {
      const asked = request as FastifyRequest;
      const { status, type, body } = wordsOf(refusalOf(error, asked.url), asked);
      void (reply as FastifyReply).code(status).headers(headers).type(type).send(body);
    },
    clientErrorHandler(error: ConnectionError, socket: Socket): void {
      if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
      const { status, type, body } = wordsOf(unreadable(error), readAsked(error));
      const lines = Object.entries({
        ...headers,
        'Content-Type': type,
        'Content-Length': String(Buffer.byteLength(body)),
        Connection: 'close',
      }).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`, () => socket.destroy());
    },
  };
}

/** Refuses what Node and fastify let through for it. Call it when the hook is there that sets the headers of all answers. */
export function refuseEarly(app: FastifyInstance, { wordsOf }: EarlyAnswers): void {
  let isClosing = false;
  app.addHook('preClose', async () => {
    isClosing = true;
  });
  app.addHook('onRequest', (request, reply, done) => {
    const refusal = isClosing ? closing : lacksHost(request.raw) ? hostless : undefined;
    if (!refusal) return done();
    if (isClosing) void reply.headers({ 'Retry-After': '5', Connection: 'close' });
    const { status, type, body } = wordsOf(refusal, request);
    void reply.code(status).headers(unkept).type(type).send(body);
  });
  // Node would answer it with 417 and nothing else. Who expects what we don't know may go without it.
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
}

const unkept = { 'Cache-Control': 'no-store' };

const closing: EarlyRefusal = {
  status: 503,
  code: 'CLOSING',
  detail: 'This process is being stopped. Try again in 5 s.',
};
const hostless: EarlyRefusal = { status: 400, code: 'REQUEST', detail: 'The header Host is missing.' };

/** Whether it was the address itself in which no route could be looked for. */
export function isOfAddress({ code }: EarlyRefusal): boolean {
  return code.startsWith('FST_');
}

function lacksHost({ headers, httpVersion }: IncomingMessage): boolean {
  return headers.host === undefined && httpVersion === '1.1';
}

function refusalOf({ code, statusCode = 400 }: FastifyError, url: string): EarlyRefusal {
  if (code === 'FST_ERR_MAX_PARAM_LENGTH')
    return { status: 414, code, detail: 'A part of the address has more than 2000 characters.' };
  const found = (url.match(/(?:%[0-9a-f]{2})+|%.{0,2}/gi) ?? []).find((escaped) => !isReadable(escaped)) ?? '%';
  const detail = `The address can't be read at ${JSON.stringify(found.slice(0, 12))}: escape a % as %25, and other characters as UTF-8.`;
  return { status: statusCode, code, detail };
}

function isReadable(escaped: string): boolean {
  try {
    decodeURIComponent(escaped);
    return true;
  } catch {
    return false;
  }
}

/** What no HTTP could be read from. */
function unreadable(error: ConnectionError): EarlyRefusal {
  if (error.code === 'HPE_HEADER_OVERFLOW')
    return {
      status: 431,
      code: 'TOO_LONG_HEAD',
      detail: `The address and the headers have more than ${maxHeaderSize} bytes.`,
    };
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return { status: 408, code: 'TOO_SLOW', detail: 'The request took too long to come.' };
  // One of a few texts of Node's parser, with nothing of the request in them.
  const { reason = 'it can not be read' } = error as { reason?: string };
  return { status: 400, code: 'REQUEST', detail: `This is no request of HTTP: ${reason}.` };
}

/** Of the latest that came: in most cases the whole request. */
function readAsked(error: ConnectionError): Asked {
  // Fastify's types have it as JSON would.
  const { rawPacket } = error as unknown as { rawPacket?: Buffer };
  const text = rawPacket?.toString('latin1') ?? '';
  const [, url = ''] = /^[A-Z]{1,20} (\S+)/.exec(text) ?? [];
  const [, accept] = /^accept:(.*)$/im.exec(text) ?? [];
  return { url, headers: { accept } };
}
