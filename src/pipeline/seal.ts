import type { Context } from '../context.js';
import { sealRun } from '../store/runs.js';
import { patiently } from './patience.js';
import { requireRun } from './start-run.js';

/** Says that all recipients are in: the run's last batch goes out although it isn't full. @throws {NotFoundError} */
export async function seal(ctx: Context, runId: string): Promise<void> {
  await patiently(ctx, () => requireRun(ctx, runId));
  await patiently(ctx, () => sealRun(ctx.db, runId));
  await ctx.hints.chunk(runId, 'seal');
}
