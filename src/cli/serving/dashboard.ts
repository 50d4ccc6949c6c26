import { type Listener, listen } from '../../admin/listen.js';
import type { Context } from '../../context.js';
import { checkAll } from '../doctor/doctor-checks.js';

/** Serves the dashboard and the API. @throws {SiaranError} `PORT_IN_USE` or `NOT_LISTENING` */
export async function openDashboard(ctx: Context, host: string, port: number): Promise<Listener> {
  // Loaded here, so that only commands that serve the dashboard wait for it.
  const { buildAdmin } = await import('../../admin/server.js');
  const app = await buildAdmin(ctx, ctx.config.adminTokens, { checks: () => checkAll(ctx) });
  return listen(app, { host, port });
}
