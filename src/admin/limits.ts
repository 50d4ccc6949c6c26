import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Config } from '../config/config.js';
import { defaultPatienceMs, endWithin } from './listen.js';

/** Whether what stands so many hops before this process is a proxy of ours, whose word for its client's address is taken. */
export function trustedHops({ trustedProxies }: Config): (address: string, hop: number) => boolean {
  return (_address, hop) => hop < trustedProxies;
}

/** A client that sends a body too slowly is cut off. A stream of recipients may take its time. */
export function limitBodies(app: FastifyInstance, patienceMs = defaultPatienceMs): void {
  app.addHook('preParsing', (request, _reply, payload, done) => {
    if (!request.routeOptions.config.streams) cutIfSlow(request.raw, patienceMs);
    done(null, payload);
  });
}

function cutIfSlow(raw: IncomingMessage, patienceMs: number): void {
  const timer = setTimeout(() => {
    // Nobody reads to the end of what has no body: that it is whole is told by this alone.
    if (!raw.complete) raw.destroy();
  }, patienceMs).unref();
  raw.once('close', () => clearTimeout(timer));
}

/** Nothing that is answered stays in a browser or a proxy, but what says that it may. */
export function keepNothing(app: FastifyInstance): void {
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (!reply.hasHeader('Cache-Control')) void reply.header('Cache-Control', 'no-store');
    done(null, payload);
  });
}

/** A stop waits for what is under way, but not for long. */
export function endSoon(app: FastifyInstance, patienceMs = defaultPatienceMs): void {
  app.addHook('preClose', async () => endWithin(app.server, patienceMs));
}
