import { type Listener, listen } from '../../admin/listen.js';
import type { Context } from '../../context.js';
import { checkAll } from '../doctor/doctor-checks.js';

/** `loginUrl`: where one browser is let in, once; of an admin without a token. It is a secret: it belongs on a terminal, and into no log. */
export type Dashboard = Listener & { loginUrl(next?: string): string | undefined };

/** Serves the dashboard and the API. @throws {SiaranError} `PORT_IN_USE` or `NOT_LISTENING` */
export async function openDashboard(ctx: Context, host: string, port: number): Promise<Dashboard> {
  // Loaded here, so that only commands that serve the dashboard wait for it.
  const { buildAdmin } = await import('../../admin/server.js');
  const { OneTimeLink, openOwnToken } = await import('../../admin/access/one-time-link.js');
  const checks = () => checkAll(ctx);
  const { adminTokens } = ctx.config;
  if (adminTokens.length > 0) {
    const listener = await listen(await buildAdmin(ctx, adminTokens, { checks }), { host, port });
    return { ...listener, loginUrl: () => undefined };
  }
  const own = openOwnToken();
  const link = new OneTimeLink(own);
  const listener = await listen(await buildAdmin(ctx, [own], { checks, link }), { host, port });
  return {
    ...listener,
    loginUrl(next) {
      // Where people need a second factor, it would let nobody in.
      const path = ctx.config.needsSecondFactor ? undefined : link.path(next);
      return path === undefined ? undefined : listener.url + path;
    },
  };
}
