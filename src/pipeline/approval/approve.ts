import type { Context } from '../../context.js';
import { isSamePerson } from '../../domain/approval/approval.js';
import { ChangedMeanwhileError, NotFoundError, RunStateError } from '../../errors.js';
import { approvalsOf, approveRun, approveVersion, type StandingApproval } from '../../store/approvals.js';
import { actorsOf } from '../../store/audit-log.js';
import { deliverableBatches } from '../../store/batches.js';
import type { Sql } from '../../store/postgres/sql.js';
import { lockRunState, type RunRow } from '../../store/runs.js';
import { patiently } from '../patience.js';

/** As what a run is approved, and by whom. */
type Approving = {
  /** The `state` that `approval` gave: what the approver saw. */
  state: string;
  /** Who approves it. */
  by: string;
};

/** What was approved. */
export type Approved = {
  /** The run's id. */
  runId: string;
  /** How many people were in it. */
  people: number;
  /** Set if all runs of this version of its campaign are approved with it. */
  version: number | null;
};

/** As many batches as workers are told of at once; reconcile tells them of the others. */
const mostHinted = 1_000;

/**
 * Approves a run as its approver saw it, and nothing else: a change afterwards asks again. The same approval again changes nothing.
 * @throws {NotFoundError} @throws {ChangedMeanwhileError} @throws {RunStateError} `OWN_RUN` to whoever has started it or put rows into it; `NOTHING_TO_APPROVE`
 */
export async function approve(ctx: Context, runId: string, { state, by }: Approving): Promise<Approved> {
  const approved = await patiently(ctx, () =>
    ctx.db.$transaction(async (tx) => {
      const run = await lockRunState(tx, runId);
      if (!run) throw new NotFoundError('run', runId);
      const standing = (await approvalsOf(tx, [runId])).get(runId);
      // A commit whose confirmation was lost is asked for again.
      const isDone = standing?.approvedState === state && standing.state === state && standing.approvedBy === by;
      if (!isDone) await decide(tx, run, standing, { state, by });
      return { runId, account: run.account, people: standing?.people ?? 0, version: standing?.version ?? null };
    }),
  );
  const { account, ...told } = approved;
  await ctx.hints.deliver(await deliverableBatches(ctx.db, [account], mostHinted, runId));
  return told;
}

async function decide(
  tx: Sql,
  run: RunRow,
  standing: StandingApproval | undefined,
  { state, by }: Approving,
): Promise<void> {
  refuseUnlessWaiting(run, standing);
  const makers = [standing.startedBy, standing.madeBy, ...(await actorsOf(tx, 'enqueue', run.id))];
  if (makers.some((maker) => isSamePerson(maker, by)))
    throw new RunStateError(
      'OWN_RUN',
      run.id,
      `Run ${run.id}, its campaign, or rows of it come from ${by}: somebody else has to approve it.`,
    );
  if (!(await approveRun(tx, run.id, { state, by }))) throw new ChangedMeanwhileError(`Run ${run.id}`);
  const { campaignId, version } = standing;
  if (campaignId !== null && version !== null) await approveVersion(tx, run.id, campaignId, version);
}

function refuseUnlessWaiting(
  run: RunRow,
  standing: StandingApproval | undefined,
): asserts standing is StandingApproval {
  const { id } = run;
  if (run.cancelledAt) throw new RunStateError('RUN_CANCELLED', id, `Run ${id} is cancelled and can't be approved.`);
  if (run.heldKind === 'preparing')
    throw new RunStateError('RUN_PREPARING', id, `Run ${id} can be approved once all its rows are in.`);
  if (!standing?.isLacking)
    throw new RunStateError('NOTHING_TO_APPROVE', id, `Run ${id} doesn't wait for an approval.`);
}
