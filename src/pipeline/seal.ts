import type { Context } from '../context.js';
import { RunStateError } from '../errors.js';
import { cancelRun, lockRunState, type RunRow, sealRun } from '../store/runs.js';
import { letGo, whyGivenUp } from './end-reading.js';
import { patiently } from './patience.js';
import { firingKeyPrefix, requireRun } from './start-run.js';

/**
 * Says that all recipients are in: the run's last batch goes out although it isn't full.
 * @throws {NotFoundError} @throws {RunStateError} `TOO_MANY_REJECTED` when more rows were rejected than the run bears: nothing of
 * it is sent then.
 */
export async function seal(ctx: Context, runId: string): Promise<void> {
  const run = await patiently(ctx, () => requireRun(ctx, runId));
  if (run.failure !== null && run.maxRejected !== null) throw tooMany(run, run.failure);
  if (run.heldKind === 'preparing') await judge(ctx, run);
  else await patiently(ctx, () => sealRun(ctx.db, runId));
  await ctx.hints.chunk(runId, 'seal');
}

/** Whether a worker seals it when it has read its campaign's audience. */
export function isSealedByItself({ heldKind, key }: Pick<RunRow, 'heldKind' | 'key'>): boolean {
  return heldKind === 'preparing' && key?.startsWith(firingKeyPrefix) === true;
}

async function judge(ctx: Context, run: RunRow): Promise<void> {
  if (isSealedByItself(run))
    throw new RunStateError('RUN_PREPARING', run.id, `Run ${run.id} is sealed by itself when its audience is in.`);
  const failure = await patiently(ctx, () =>
    ctx.db.$transaction(async (tx) => {
      const locked = await lockRunState(tx, run.id);
      if (locked?.heldKind !== 'preparing') return locked?.failure ?? undefined;
      const why = await whyGivenUp(tx, locked);
      await (why === undefined ? letGo(tx, locked) : cancelRun(tx, run.id, why));
      return why;
    }),
  );
  if (failure === undefined) return;
  await ctx.buffer.refuseAll(run.id);
  await ctx.hints.chunk(run.id, 'cancel');
  throw tooMany(run, failure);
}

function tooMany({ id }: RunRow, failure: string): RunStateError {
  return new RunStateError('TOO_MANY_REJECTED', id, `Run ${id} is given up; ${failure}. See siaran rejections ${id}`);
}
