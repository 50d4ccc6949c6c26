import type { Context } from '../../context.js';
import { isReadByWorkers } from '../../domain/runs/reserved-key.js';
import { RunStateError } from '../../errors.js';
import { cancelRun } from '../../store/cancel-runs.js';
import { countOpenIntakes } from '../../store/intakes.js';
import type { Sql } from '../../store/postgres/sql.js';
import { lockRunState, type RunRow, sealRun } from '../../store/runs.js';
import type { IfState } from '../../store/states.js';
import { requireAsSeen } from '../../store/states.js';
import { patiently } from '../patience.js';
import { requireRun } from '../require-run.js';
import { letGo, whyGivenUp } from './end-reading.js';

/**
 * Says that all recipients are in: the run's last batch goes out although it isn't full.
 * @throws {NotFoundError} @throws {RunStateError} `TOO_MANY_REJECTED` when more rows were rejected than the run bears: nothing of
 * it is sent then.
 */
export async function seal(ctx: Context, runId: string, { ifState }: IfState = {}): Promise<void> {
  const run = await patiently(ctx, () => requireRun(ctx, runId));
  if (run.failure !== null && !isReadByWorkers(run)) throw tooMany(run, run.failure);
  if (run.heldKind === 'preparing') await judge(ctx, run, ifState);
  else
    await patiently(ctx, () =>
      ctx.db.$transaction(async (tx) => {
        await lockRunState(tx, runId);
        await requireAsSeen(tx, 'run', runId, ifState);
        await sealRun(tx, runId);
      }),
    );
  await ctx.hints.chunk(runId, 'seal');
}

/** Whether a worker seals it when it has read the rows of its campaign or draft. */
export function isSealedByItself({ heldKind, key }: Pick<RunRow, 'heldKind' | 'key'>): boolean {
  return heldKind === 'preparing' && isReadByWorkers({ key });
}

async function judge(ctx: Context, run: RunRow, ifState: string | undefined): Promise<void> {
  if (isSealedByItself(run))
    throw new RunStateError('RUN_PREPARING', run.id, `Run ${run.id} is sealed by itself when all its rows are in.`);
  const failure = await patiently(ctx, () =>
    ctx.db.$transaction(async (tx) => {
      const locked = await lockRunState(tx, run.id);
      await requireAsSeen(tx, 'run', run.id, ifState);
      if (locked?.heldKind !== 'preparing') return locked?.failure ?? undefined;
      await refuseIfUnread(tx, run.id);
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

/** What a producer has still to read may be rejected. */
async function refuseIfUnread(tx: Sql, runId: string): Promise<void> {
  const open = await countOpenIntakes(tx, runId);
  if (open === 0) return;
  throw new RunStateError(
    'RUN_PREPARING',
    runId,
    `Run ${runId} can't be sealed yet, as its rejected rows are counted first: ${open} of its producers are still at work, or died. ` +
      'Enqueueing the same recipients again under the same source completes it. If a producer will not be started again: siaran close-source.',
  );
}

function tooMany({ id }: RunRow, failure: string): RunStateError {
  return new RunStateError('TOO_MANY_REJECTED', id, `Run ${id} is given up; ${failure}. See siaran rejections ${id}`);
}
