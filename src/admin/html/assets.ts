import fastifyStatic from '@fastify/static';
import { packageFile } from '../../package-file.js';
import type { AdminApp } from '../app.js';

/** Scripts and styles, for everybody: the login page needs them too. */
export async function serveAssets(app: AdminApp): Promise<void> {
  app.addHook('onRoute', (route) => {
    route.config = { ...route.config, public: true };
  });
  app.addHook('onSend', async (_request, reply) => {
    const type = 'image/svg+xml';
    if (reply.getHeader('content-type') === type) void reply.type(`${type}; charset=utf-8`);
  });
  await app.register(fastifyStatic, {
    root: packageFile('dist', 'browser'),
    prefix: '/assets/',
    index: false,
    decorateReply: false,
  });
}
