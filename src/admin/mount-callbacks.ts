import type { FastifyInstance } from 'fastify';
import type { Context } from '../context.js';
import { callbackHandler, callbackPath } from './callbacks.js';

/** The provider's callbacks beside the rest: nobody signs them, so that their path is their secret, and no token is asked for. */
export function mountCallbacks(app: FastifyInstance, ctx: Context, secret: string): void {
  const handle = callbackHandler(ctx, secret);
  app.register(async (receiver) => {
    // The handler reads the request itself, within bounds of its own.
    receiver.removeAllContentTypeParsers();
    receiver.addContentTypeParser('*', (_request, _payload, done) => done(null));
    receiver.route({
      method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
      url: `${callbackPath}*`,
      exposeHeadRoute: false,
      schema: { hide: true },
      config: { public: true },
      handler: async (request, reply) => {
        reply.hijack();
        await handle(request.raw, reply.raw);
      },
    });
  });
}
