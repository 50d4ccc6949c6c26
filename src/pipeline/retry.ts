import type { Context } from '../context.js';
import { NotFoundError } from '../errors.js';
import { retryFailedBatches } from '../store/batches.js';
import { type HoldView, liftAllHolds } from '../store/holds.js';
import { findRun } from '../store/runs.js';

/** How much goes out again. */
export type Retried = { batches: number; recipients: number };

/**
 * Delivers failed batches again: all of a run, or one. What isn't failed is left alone, so a second call at the same time
 * does nothing. @throws {NotFoundError}
 */
export async function retry(ctx: Context, id: string): Promise<Retried> {
  const run = await findRun(ctx.db, id);
  const batch = run ? null : await ctx.db.batch.findUnique({ where: { id }, select: { id: true } });
  if (!run && !batch) throw new NotFoundError('run', id);
  const batches = await retryFailedBatches(ctx.db, run ? { runId: id } : { batchId: id });
  await ctx.hints.deliver(batches);
  return { batches: batches.length, recipients: batches.reduce((sum, { size }) => sum + size, 0) };
}

/** An operator has seen why accounts were held, and lets them send again. Returns what was lifted. */
export async function resumeAll(ctx: Context): Promise<HoldView[]> {
  const lifted = await ctx.db.$transaction((tx) => liftAllHolds(tx));
  return lifted;
}
