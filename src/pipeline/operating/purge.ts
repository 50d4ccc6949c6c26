import type { Context } from '../../context.js';
import { nextBatchNumber } from '../../store/batches.js';
import { emptyDoubts } from '../../store/doubtful-values.js';
import { isLedgerHeld } from '../../store/holds.js';
import { withLongDeadlines } from '../../store/postgres/deadlines.js';
import {
  type DeletedRecipients,
  deleteRecipients,
  deleteRows,
  emptyLogs,
  markPurged,
  noteEmptied,
  type PurgeableRun,
  purgeableRuns,
  unpurgedRuns,
} from '../../store/purge.js';
import { lockRunState } from '../../store/runs.js';
import { ledgerWentBack } from '../check-ledger.js';

/** So much is removed in one statement: some tens of milliseconds of Postgres's time, whatever the size of the run. */
const batchesASlice = 50;
/** A log is written anew, with its indexes, where rows are only marked as dead. */
const logBatchesASlice = 10;
const recipientsASlice = 10_000;

/** Digests of people who were forgotten are negative. */
const lowestDigest = String(-(2n ** 63n));

/** Recipients of a run that were removed just now. */
type PurgedSlice = { runId: string; recipients: number };

/**
 * Removes the numbers and values of runs that ended so long ago, slice by slice; counts, ids and attempts stay. It may be
 * stopped after any slice, and goes on there when it is called again. A run with an `unknown` batch hasn't ended.
 */
export async function* purge(ctx: Context, olderThanMs: number): AsyncGenerator<PurgedSlice> {
  if (await isLedgerHeld(ctx.db)) throw ledgerWentBack();
  for (const run of await withLongDeadlines(() => purgeableRuns(ctx.db, olderThanMs)))
    if (await closeForGood(ctx, run.id, olderThanMs)) yield* removeContent(ctx, run);
}

/** Runs that are as old and keep their recipients: they haven't ended, or a batch is `unknown`. */
export async function listUnpurged(ctx: Context, olderThanMs: number): Promise<string[]> {
  return withLongDeadlines(() => unpurgedRuns(ctx.db, olderThanMs));
}

/** A call that adds to the run or retries a batch comes either before this, or finds the run purged: no number may go out twice. */
async function closeForGood(ctx: Context, runId: string, olderThanMs: number): Promise<boolean> {
  return ctx.db.$transaction(async (tx) => {
    await lockRunState(tx, runId);
    return markPurged(tx, runId, olderThanMs);
  });
}

async function* removeContent(ctx: Context, { id: runId, number }: PurgeableRun): AsyncGenerator<PurgedSlice> {
  const end = await nextBatchNumber(ctx.db, runId);
  await emptyDoubts(ctx.db, runId);
  await ctx.buffer.forgetSetAside(runId);
  for (let first = 1; first < end; first += batchesASlice) {
    await deleteRows(ctx.db, runId, first, first + batchesASlice - 1);
    yield { runId, recipients: 0 };
  }
  for (let first = 1; first < end; first += logBatchesASlice) {
    await emptyLogs(ctx.db, runId, first, first + logBatchesASlice - 1);
    yield { runId, recipients: 0 };
  }
  // Last, because a run that has recipients left is one whose purge isn't done.
  for (let after: string | null = lowestDigest; after !== null; ) {
    const slice: DeletedRecipients = await deleteRecipients(ctx.db, number, after, recipientsASlice);
    yield { runId, recipients: slice.count };
    after = slice.last;
  }
  await noteEmptied(ctx.db, number);
}
