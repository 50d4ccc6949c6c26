import type { Context } from '../context.js';
import { RunStateError } from '../errors.js';
import { sealRun } from '../store/runs.js';
import { patiently } from './patience.js';
import { requireRun } from './start-run.js';

/** Says that all recipients are in: the run's last batch goes out although it isn't full. @throws {NotFoundError | RunStateError} */
export async function seal(ctx: Context, runId: string): Promise<void> {
  const run = await patiently(ctx, () => requireRun(ctx, runId));
  if (run.heldKind === 'preparing')
    throw new RunStateError('RUN_PREPARING', runId, `Run ${runId} is sealed by itself when its audience is in.`);
  await patiently(ctx, () => sealRun(ctx.db, runId));
  await ctx.hints.chunk(runId, 'seal');
}
