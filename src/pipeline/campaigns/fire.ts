import type { Context } from '../../context.js';
import { strictest } from '../../domain/approval/approval.js';
import { dueFirings, type FiringPlan, mostAtOnce } from '../../domain/campaigns/firing.js';
import { firingKey } from '../../domain/campaigns/firing-key.js';
import { preparingHold } from '../../domain/runs/run.js';
import { latestOccurrences, withoutSkips } from '../../domain/schedules/schedule.js';
import {
  activePlans,
  type CampaignRow,
  findActiveCampaign,
  lockCampaign,
  setDecidedUntil,
} from '../../store/campaigns.js';
import {
  type DecidedFiring,
  findDecided,
  findFired,
  insertFiring,
  insertRepeated,
  insertSkipped,
  replacedBefore,
} from '../../store/firings.js';
import { newRunId } from '../../store/new-run-id.js';
import { currentTime } from '../../store/postgres/database.js';
import type { Sql } from '../../store/postgres/sql.js';
import { type CreatedRun, findRunByKey, insertRun, type Starter } from '../../store/runs.js';
import { mayBegin } from '../check-ledger.js';
import { requireFiringSchedule } from '../firing-schedule.js';

/**
 * Decides about every firing that is due: a run of its own for each, or a note that it was missed and is skipped. What is due
 * is told by Postgres and its clock alone, so any number of workers may call this, as often as they like. A ledger
 * that went back would have forgotten what it has decided.
 */
export async function fireDue(ctx: Context): Promise<void> {
  if (!(await mayBegin(ctx))) return;
  const now = await currentTime(ctx.db);
  for (const { id, ...plan } of await activePlans(ctx.db)) {
    try {
      if (isAnythingDue(plan, now)) await ctx.db.$transaction((tx) => decide(ctx, tx, id));
    } catch (err) {
      // One campaign's trouble is not the others'.
      ctx.logger.error({ err, campaignId: id }, 'not fired; it will be tried again');
    }
  }
}

/** @param plan as if it had no skipped date: what falls on one is decided, too. */
function isAnythingDue(plan: FiringPlan, now: Date): boolean {
  const { fire, skipped } = dueFirings(plan, now);
  return fire.length + skipped.length > 0;
}

async function decide(ctx: Context, tx: Sql, campaignId: string): Promise<void> {
  await lockCampaign(tx, campaignId);
  const campaign = await findActiveCampaign(tx, campaignId);
  if (!campaign) return;
  const schedule = requireFiringSchedule(ctx, campaign);
  const due = dueFirings({ ...campaign, schedule }, await currentTime(tx));
  for (const at of due.fire) await decideInstant(ctx, tx, campaign, at);
  if (due.skipped.length > 0) {
    const { length: instants } = due.skipped;
    ctx.logger.warn({ campaign: campaign.name, instants, more: due.skippedMore }, 'missed firings are skipped');
    const why =
      due.skippedToday === null ? `catch-up is ${campaign.catchUp}` : `today is skipped (${due.skippedToday})`;
    const reason = `missed: no worker decided about it in time, and ${why}`;
    await insertSkipped(tx, campaign, due.skipped, due.skippedMore ? `${reason}; so are older ones` : reason);
  }
  for (const { at, reason } of due.onSkippedDates) {
    ctx.logger.info({ campaign: campaign.name, at, reason }, 'not fired: its date is skipped');
    await insertSkipped(tx, campaign, [at], reason);
  }
  await setDecidedUntil(tx, campaign.id, due.decidedUntil);
}

/** Why what was due isn't fired once a paused campaign counts anew. */
export const wasPaused = 'it was paused before a worker had decided about it';

/**
 * Notes as skipped what was due by a campaign's schedule so far and isn't decided, as the schedule counts anew from now on. Call it
 * under the campaign's lock.
 */
export async function skipUndecided(tx: Sql, campaign: CampaignRow, now: Date, reason: string): Promise<void> {
  await insertSkipped(
    tx,
    campaign,
    latestOccurrences(withoutSkips(campaign.schedule), campaign.decidedUntil, now, mostAtOnce),
    reason,
  );
}

/** Fires an instant that is due, unless it is decided already: an instant of a name fires once, also beyond a removal. */
async function decideInstant(ctx: Context, tx: Sql, campaign: CampaignRow, at: Date): Promise<void> {
  const before = await findDecided(tx, campaign, at);
  if (before?.isOwn) return;
  if (before && !campaign.firesAgain) {
    ctx.logger.warn({ campaign: campaign.name, at, before }, 'not fired: it was decided before the campaign was added');
    return insertRepeated(tx, campaign, at, decidedBefore(before));
  }
  const runId = await startFiring(tx, campaign, at, at);
  ctx.logger.info({ campaign: campaign.name, at, runId }, 'fired');
}

/** Why an instant isn't fired that another campaign has decided about. */
export function decidedBefore({ runId }: Pick<DecidedFiring, 'runId'>): string {
  const how = runId === null ? 'skipped before' : `fired before as run ${runId}`;
  return `${how}, by a campaign of this name that was removed`;
}

/**
 * Starts the run of a firing, held until its audience is in it. A second call for the same instant of the same name gets the
 * run that it has. Call it under the campaign's lock, or give an instant of your own. @param by who fires it; by default whoever
 * has changed the campaign last.
 */
export async function startFiring(
  tx: Sql,
  campaign: CampaignRow,
  at: Date,
  startAt: Date | null,
  by: Starter = ofCampaign(campaign),
): Promise<string> {
  const { name } = campaign;
  const insists = startAt === null || campaign.firesAgain;
  const known = await findFired(tx, campaign, at);
  if (known !== undefined) return known;
  const key = firingKey(campaign.id, at, await replacedBefore(tx, campaign.id, at));
  const run = await createFiringRun(tx, campaign, key, startAt, by);
  if (run) await insertFiring(tx, campaign, { at, runId: run.id, insists });
  const found = run ?? (await findRunByKey(tx, key));
  if (!found) throw new Error(`campaign ${name}: the run of ${at.toISOString()} is neither new nor known`);
  return found.id;
}

/** Nobody fires it by hand: then it is whoever has changed the campaign last who starts its runs. */
function ofCampaign({ changedBy }: CampaignRow): Starter {
  return { startedBy: changedBy, approvalAbove: undefined };
}

/** A run as the campaign is at the moment, unless the key is taken. */
export function createFiringRun(
  tx: Sql,
  campaign: CampaignRow,
  key: string,
  startAt: Date | null,
  by: Starter = ofCampaign(campaign),
): Promise<CreatedRun | undefined> {
  const { name, account, templateDetailId, columns, separator, values } = campaign;
  const { maxRejected, retryAfterFailure, delivery } = campaign;
  const timeZone = 'cron' in campaign.schedule ? campaign.schedule.timeZone : null;
  const when = { startAt, timeZone, flushAfterMs: null, skipMissed: false };
  const what = { name, account, templateDetailId, columns, separator, values, maxRejected, retryAfterFailure };
  const settings = { ...what, delivery, ...when };
  // Neither takes back what the other one asks for.
  const starter = { ...by, approvalAbove: strictest(by.approvalAbove, campaign.approvalAbove) };
  return insertRun(tx, newRunId(), key, settings, preparingHold(campaign.audience), starter);
}
