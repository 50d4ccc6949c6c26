import type { Context } from '../../context.js';
import { batchIdOf } from '../../domain/runs/batch.js';
import { holdOnceRead, isOperatorsHold } from '../../domain/runs/run.js';
import { NotFoundError, RunStateError } from '../../errors.js';
import { lacksApproval } from '../../store/approvals.js';
import { waitsNoMore } from '../../store/batches.js';
import { cancelRun } from '../../store/cancel-runs.js';
import type { Sql } from '../../store/postgres/sql.js';
import { lockRunState, pauseRun, type RunRow, resumeRun } from '../../store/runs.js';
import type { IfState } from '../../store/states.js';
import { requireAsSeen } from '../../store/states.js';
import { type JobAhead, jobsAhead } from '../../store/views/attention/jobs-ahead.js';
import { patiently } from '../patience.js';
import { viewRun } from '../views/view-run.js';

/** How much of a run. */
export type Share = {
  /** In batches. */
  batches: number;
  /** In recipients. */
  recipients: number;
};

/** What of a run a pause or cancellation still stopped, and what it came too late for. */
export type Interruption = {
  /** What Qiscus has accepted: only Qiscus can stop it. */
  handedOver: Share;
  /** What a worker is sending, or has sent without a clear answer. */
  inFlight: Share;
  /** What isn't handed over, and won't be. Rows that are still buffered are in no batch yet and aren't counted. */
  held: Share;
};

/** What of a run a cancellation still stopped, and what it came too late for. */
export type Cancellation = Interruption & {
  /** What is handed over and hasn't started: a person can cancel it at Qiscus until it does. */
  jobs: JobAhead[];
};

/** Stops a run's deliveries; chunking goes on. Pausing twice changes nothing. @throws {NotFoundError | RunStateError} */
export function pause(ctx: Context, runId: string, seen: IfState = {}): Promise<Interruption> {
  return interrupt(ctx, runId, seen, async (tx, run) => {
    refuseIfCancelled(run, 'paused');
    await pauseRun(tx, runId);
  });
}

/** Cancels what of a run wasn't handed over, for good. Cancelling twice changes nothing. @throws {NotFoundError} */
export async function cancel(ctx: Context, runId: string, seen: IfState = {}): Promise<Cancellation> {
  const result = await interrupt(ctx, runId, seen, (tx) => cancelRun(tx, runId));
  await ctx.hints.chunk(runId, 'cancel');
  return { ...result, jobs: await patiently(ctx, () => jobsAhead(ctx.db, [runId])) };
}

/** Lets a paused run go on, or one that holds itself back. @throws {NotFoundError | RunStateError} */
export async function resume(ctx: Context, runId: string, seen: IfState = {}): Promise<void> {
  await changeState(ctx, runId, seen, async (tx, run) => {
    refuseIfCancelled(run, 'resumed');
    if (run.heldKind === 'preparing' && !run.pausedAt)
      throw new RunStateError('RUN_PREPARING', runId, `Run ${runId} isn't paused: it waits until all its rows are in.`);
    if (run.heldKind === null && !run.pausedAt && (await lacksApproval(tx, runId)))
      throw new RunStateError(
        'RUN_UNAPPROVED',
        runId,
        `Run ${runId} isn't paused: it waits for an approval. See siaran approve ${runId}`,
      );
    const hold = holdOnceRead(run.delivery);
    // What is to be looked at first hasn't gone out yet: it does now, and nothing else.
    const isFirstToCome =
      hold !== undefined && isOperatorsHold(run.heldKind) && !(await waitsNoMore(tx, batchIdOf(runId, 1)));
    await resumeRun(tx, runId, isFirstToCome ? hold : undefined);
  });
}

/** Refuses the producers of a run that is cancelled by now, and has what is buffered of it cancelled. */
export async function refuseCancelled(ctx: Context, runId: string): Promise<void> {
  await patiently(ctx, () => ctx.buffer.refuseAll(runId));
  await ctx.hints.chunk(runId, 'cancel');
}

/** The state is committed before producers are refused: one that asks why then finds the reason. */
async function interrupt(ctx: Context, runId: string, seen: IfState, change: Change): Promise<Interruption> {
  await changeState(ctx, runId, seen, change);
  await patiently(ctx, () => ctx.buffer.refuseAll(runId));
  const { batches: b, recipients: r } = await viewRun(ctx, runId);
  return {
    handedOver: { batches: b.scheduled, recipients: r.scheduled },
    inFlight: { batches: b.sending + b.unknown, recipients: r.sending + r.unknown },
    held: {
      batches: b.pending + b.uploaded + b.cancelled,
      recipients: r.buffered + r.pending + r.uploaded + r.cancelled,
    },
  };
}

type Change = (tx: Sql, run: RunRow) => Promise<void>;

function changeState(ctx: Context, runId: string, { ifState }: IfState, change: Change): Promise<void> {
  return patiently(ctx, () =>
    ctx.db.$transaction(async (tx) => {
      const run = await lockRunState(tx, runId);
      if (!run) throw new NotFoundError('run', runId);
      await requireAsSeen(tx, 'run', runId, ifState);
      await change(tx, run);
    }),
  );
}

function refuseIfCancelled(run: RunRow, what: string): void {
  if (run.cancelledAt)
    throw new RunStateError('RUN_CANCELLED', run.id, `Run ${run.id} is cancelled and can't be ${what}.`);
}
