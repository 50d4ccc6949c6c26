import type { FastifyInstance } from 'fastify';

export const mostConnections = 1_000;

/** How long a body may take that isn't a stream of recipients, which takes its time. */
const bodyWithinMs = 10_000;

/** How long requests that are under way may go on once it is told to stop. */
const endWithinMs = 10_000;

/** Whoever sends a body in drops keeps no connection for long. */
export function limitBodies(app: FastifyInstance): void {
  app.addHook('preParsing', async (request) => {
    if (request.routeOptions.config.streams) return;
    const { raw } = request;
    const timer = setTimeout(() => {
      // Nobody reads to the end of what has no body: that it is whole is told by this alone.
      if (!raw.complete) raw.destroy();
    }, bodyWithinMs).unref();
    raw.once('close', () => clearTimeout(timer));
  });
}

/** Lets what is under way end, within a bound: it may be about to answer that it has sent something. */
export function endSoon(app: FastifyInstance): void {
  app.addHook('preClose', async () => {
    const { server } = app;
    // One that has just had its answer stays open otherwise, as its client might have more to ask.
    const idle = setInterval(() => server.closeIdleConnections(), 50).unref();
    const all = setTimeout(() => server.closeAllConnections(), endWithinMs).unref();
    server.once('close', () => {
      clearInterval(idle);
      clearTimeout(all);
    });
  });
}
