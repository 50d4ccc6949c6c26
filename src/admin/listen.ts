import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isError, messageOf, SiaranError } from '../errors.js';

export type Listener = {
  /** Where it can be reached, without a slash at the end. */
  url: string;
  /** Takes no new request, and lets those that are under way end, within a bound. */
  close(): Promise<void>;
};

export type ListenOptions = { host: string; port: number; patienceMs?: number };

/** How long a client may take for its request, and a stop for what is under way. */
export const defaultPatienceMs = 10_000;

export const mostConnections = 1_000;

/** Serves requests over HTTP until it is closed. @throws {SiaranError} `PORT_IN_USE` or `NOT_LISTENING`. */
export async function listen(
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  { host, port, patienceMs = defaultPatienceMs }: ListenOptions,
): Promise<Listener> {
  const server = createServer(
    {
      headersTimeout: patienceMs,
      requestTimeout: patienceMs,
      connectionsCheckingInterval: Math.min(1_000, patienceMs),
    },
    (request, response) => {
      handle(request, response).catch(() => response.destroy());
    },
  );
  server.maxConnections = mostConnections;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  }).catch((error: unknown) => {
    throw portInUse(error, host, port);
  });
  const address = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      endWithin(server, patienceMs);
      await closed;
    },
  };
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
export function portInUse(error: unknown, host: string, port: number): SiaranError {
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
