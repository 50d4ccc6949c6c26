import type { Context } from '../../context.js';
import { partsOfBatchId } from '../../domain/runs/batch.js';
import { NotFoundError } from '../../errors.js';
import { hasBatch, retryFailedBatches } from '../../store/batches.js';
import { findRun } from '../../store/runs.js';
import type { IfState } from '../../store/states.js';
import { requireAsSeen } from '../../store/states.js';
import { purgedError } from '../require-run.js';

/** How much goes out again. */
export type Retried = {
  /** How many failed batches are delivered again. */
  batches: number;
  /** How many recipients are in them. */
  recipients: number;
};

/**
 * Delivers failed batches again: all of a run, or one. What isn't failed is left alone, so a second call at the same time
 * does nothing. @param seen the state of what is failed of the run, or of the batch. @throws {NotFoundError} @throws {RunStateError} when the run was purged
 */
export async function retry(ctx: Context, id: string, { ifState }: IfState = {}): Promise<Retried> {
  const run = await findRun(ctx.db, id);
  if (!run && !(await hasBatch(ctx.db, id))) throw new NotFoundError('run or batch', id);
  const owner = run ?? (await findRun(ctx.db, partsOfBatchId(id)[0]));
  if (owner?.purgedAt) throw purgedError(owner.id, owner.purgedAt, 'can retry nothing');
  const batches = await retryFailedBatches(ctx.db, run ? { runId: id } : { batchId: id }, ifState);
  // The statement looked at the same state; this only tells why it found nothing to do.
  if (batches.length === 0) await requireAsSeen(ctx.db, run ? 'failed' : 'batch', id, ifState);
  await ctx.hints.deliver(batches);
  return { batches: batches.length, recipients: batches.reduce((sum, { size }) => sum + size, 0) };
}
