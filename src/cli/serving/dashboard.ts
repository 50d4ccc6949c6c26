import { portInUse } from '../../admin/listen.js';
import type { Context } from '../../context.js';
import { checkAll } from '../doctor/doctor-checks.js';

/** The admin, listening. */
export type Dashboard = { url: string; close(): Promise<void> };

/** Serves the dashboard and the API. @throws {SiaranError} `PORT_IN_USE` or `NOT_LISTENING` */
export async function openDashboard(ctx: Context, host: string, port: number): Promise<Dashboard> {
  // Loaded here, so that only commands that serve the dashboard wait for it.
  const { buildAdmin } = await import('../../admin/server.js');
  const app = await buildAdmin(ctx, ctx.config.adminTokens, { checks: () => checkAll(ctx) });
  try {
    const url = await app.listen({ host, port });
    return { url, close: () => app.close() };
  } catch (error) {
    await app.close();
    throw portInUse(error, host, port);
  }
}
