import type { Context } from '../../context.js';
import { NotFoundError } from '../../errors.js';
import { lockCampaignNamed, removeCampaign } from '../../store/campaigns.js';
import { cancelRun } from '../../store/cancel-runs.js';
import { lockRunState } from '../../store/runs.js';
import { type IfState, requireAsSeen } from '../../store/states.js';
import { type JobAhead, jobsAhead } from '../../store/views/attention/jobs-ahead.js';
import { refuseWhileForgetful } from '../check-ledger.js';
import { refuseCancelled } from '../operating/pause.js';
import { refuseOtherDatabase } from '../own-prefix.js';
import { patiently } from '../patience.js';
import { type GoingRun, goingRuns, withBuffered } from './going-runs.js';

/** A campaign that was removed. */
export type RemovedCampaign = {
  /** Always true. */
  removed: true;
  /** Its runs whose messages still go out; or would have, if they were cancelled with it. */
  runs: GoingRun[];
  /** Only if its runs were cancelled: the jobs that Qiscus has and hasn't started. An operator has to cancel them there. */
  jobs?: JobAhead[];
};

/** How a campaign is removed. */
export type RemoveOptions = {
  /** Cancels its runs, too, as far as they aren't handed over. Default false: those that were started go on. */
  cancelRuns?: boolean | undefined;
};

/**
 * Removes a campaign. Its runs stay, and those that were started go on, unless they are cancelled with it. What it has decided about
 * stays decided: another campaign of its name doesn't fire it again. @throws {NotFoundError}
 * @throws {SiaranError} `LEDGER_WENT_BACK` until that is repaired.
 */
export async function removeCampaignNamed(
  ctx: Context,
  name: string,
  { cancelRuns = false, ifState }: RemoveOptions & IfState = {},
): Promise<RemovedCampaign> {
  await refuseOtherDatabase(ctx);
  const standing = await patiently(ctx, () =>
    ctx.db.$transaction(async (tx) => {
      const campaign = await lockCampaignNamed(tx, name);
      if (!campaign) throw new NotFoundError('campaign', name);
      await refuseWhileForgetful(tx);
      await requireAsSeen(tx, 'campaign', name, ifState);
      const runs = await goingRuns(tx, campaign.id);
      await removeCampaign(tx, campaign.id);
      if (!cancelRuns) return runs;
      for (const { runId } of runs) {
        await lockRunState(tx, runId);
        await cancelRun(tx, runId);
      }
      return runs;
    }),
  );
  const runs = await withBuffered(ctx, standing);
  if (!cancelRuns) return { removed: true, runs };
  for (const { runId } of runs) await refuseCancelled(ctx, runId);
  return {
    removed: true,
    runs,
    jobs: await jobsAhead(
      ctx.db,
      runs.map(({ runId }) => runId),
    ),
  };
}
