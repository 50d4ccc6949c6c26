import type { Context } from '../../context.js';
import type { Sql } from '../../store/postgres/sql.js';
import { type StandingRun, standingRuns } from '../../store/views/attention/standing-runs.js';
import { readLaw } from '../law.js';
import { requireCampaign } from './view-campaign.js';

/** A run of a campaign whose messages still go out. Instants are ISO 8601 in UTC. */
export type GoingRun = {
  /** The run's id. */
  runId: string;
  /** How many recipients will be messaged, as far as is known: an audience that is being read isn't all in. */
  recipients: number;
  /** When the next messages start; `null`: at once. */
  startsAt: string | null;
};

/** What of a campaign's runs still goes out, by run. @throws {NotFoundError} */
export async function viewGoingRuns(ctx: Context, name: string): Promise<GoingRun[]> {
  const { id } = await requireCampaign(ctx, name);
  return withBuffered(ctx, await goingRuns(ctx.db, id));
}

/** A campaign's runs whose messages still go out, at least in part; by run. */
export async function goingRuns(db: Sql, campaignId: string): Promise<StandingRun[]> {
  return (await standingRuns(db, campaignId)).filter(({ goesOut }) => goesOut);
}

/** Adds those who are in no batch yet. */
export async function withBuffered(ctx: Context, runs: readonly StandingRun[]): Promise<GoingRun[]> {
  const going: GoingRun[] = [];
  for (const { runId, recipients, startsAt } of runs) {
    const { totals } = await readLaw(ctx, runId);
    going.push({ runId, recipients: recipients + totals.buffered, startsAt: startsAt?.toISOString() ?? null });
  }
  return going;
}
