import type { Server } from 'node:http';
import { isError, messageOf, SiaranError } from '../errors.js';

export type Listener = {
  /** Where it can be reached, without a slash at the end. */
  url: string;
  /** Takes no new request, and lets those that are under way end, within a bound. */
  close(): Promise<void>;
};

/** How long a client may take for its request, and a stop for what is under way. */
export const defaultPatienceMs = 10_000;

export const mostConnections = 1_000;

/** Of an admin or a receiver, whatever their routes are typed by. */
type Servable = { listen(address: { host: string; port: number }): Promise<string>; close(): PromiseLike<unknown> };

/** Serves requests until it is closed. @throws {SiaranError} `PORT_IN_USE` or `NOT_LISTENING`. */
export async function listen(app: Servable, { host, port }: { host: string; port: number }): Promise<Listener> {
  const close = async () => void (await app.close());
  try {
    return { url: await app.listen({ host, port }), close };
  } catch (error) {
    await close();
    throw portInUse(error, host, port);
  }
}

/**
 * Lets the requests end that a server which is being closed still has, within a bound: one may be about to answer that it has
 * sent something.
 */
export function endWithin(server: Server, limitMs: number): void {
  // One that has just had its answer stays open otherwise, as its client might have more to ask.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const all = setTimeout(() => server.closeAllConnections(), limitMs);
  for (const timer of [idle, all]) timer.unref();
  server.once('close', () => {
    clearInterval(idle);
    clearTimeout(all);
  });
}

/** Says what to do about a port that is taken; anything else is told as it is. */
function portInUse(error: unknown, host: string, port: number): SiaranError {
  const code = isError(error) ? (error as { code?: unknown }).code : undefined;
  if (code === 'EADDRINUSE')
    return new SiaranError(
      'PORT_IN_USE',
      `Port ${port} of ${host} is in use: stop what listens there, or choose another with --port or SIARAN_ADMIN_PORT.`,
      { cause: error },
    );
  return new SiaranError('NOT_LISTENING', `Can't listen on ${host}, port ${port}: ${messageOf(error)}`, {
    cause: error,
  });
}
