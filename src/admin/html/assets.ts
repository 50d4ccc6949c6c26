import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { AdminApp } from '../app.js';

/** Scripts and styles, for everybody: the login page needs them too. */
export async function serveAssets(app: AdminApp): Promise<void> {
  app.addHook('onRoute', (route) => {
    route.config = { ...route.config, public: true };
  });
  await app.register(fastifyStatic, { root: builtFolder(), prefix: '/assets/', index: false, decorateReply: false });
}

/** Where `npm run build` leaves them. Tests run the sources, and take them from there too. */
function builtFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const built = join(here, '../browser');
  return existsSync(join(built, 'page.js')) ? built : join(here, '../../../dist/src/admin/browser');
}
