import type { Context } from '../context.js';
import { dueFirings } from '../domain/firing.js';
import { preparingHold } from '../domain/run.js';
import {
  activeCampaignIds,
  type CampaignRow,
  findActiveCampaign,
  lockCampaign,
  setDecidedUntil,
} from '../store/campaigns.js';
import { currentTime, type Sql } from '../store/database.js';
import { insertFiring, insertSkipped } from '../store/firings.js';
import { isLedgerHeld } from '../store/holds.js';
import { findRunByKey } from '../store/runs.js';
import { wasLedgerWhole } from './ledger.js';
import { createRun, firingKeyPrefix } from './start-run.js';

/**
 * Decides about every firing that is due: a run of its own for each, or a note that it was missed and is skipped. What is due
 * is told by Postgres and its clock alone, so this may be called as often, and by as many at once, as anybody likes. A ledger
 * that went back would have forgotten what it has decided.
 */
export async function fireDue(ctx: Context): Promise<void> {
  if (!(await mayBegin(ctx))) return;
  const now = await currentTime(ctx.db);
  for (const id of await activeCampaignIds(ctx.db)) {
    try {
      const campaign = await findActiveCampaign(ctx.db, id);
      if (campaign && isAnythingDue(campaign, now)) await ctx.db.$transaction((tx) => decide(ctx, tx, id));
    } catch (err) {
      // One campaign's trouble is not the others'.
      ctx.logger.error({ err, campaignId: id }, 'not fired; tried again soon');
    }
  }
}

/** Whether anything may be started that an older ledger might have started before. */
export async function mayBegin(ctx: Context): Promise<boolean> {
  return (await wasLedgerWhole(ctx)) && !(await isLedgerHeld(ctx.db));
}

function isAnythingDue(campaign: CampaignRow, now: Date): boolean {
  const { fire, skipped } = dueFirings(campaign, now);
  return fire.length + skipped.length > 0;
}

async function decide(ctx: Context, tx: Sql, campaignId: string): Promise<void> {
  await lockCampaign(tx, campaignId);
  const campaign = await findActiveCampaign(tx, campaignId);
  if (!campaign) return;
  const due = dueFirings(campaign, await currentTime(tx));
  for (const at of due.fire) {
    const runId = await startFiring(tx, campaign, at, at);
    ctx.logger.info({ campaign: campaign.name, at, runId }, 'fired');
  }
  if (due.skipped.length > 0) {
    const { length: instants } = due.skipped;
    ctx.logger.warn({ campaign: campaign.name, instants, more: due.skippedMore }, 'missed firings are skipped');
    const reason = `missed: no worker was at work, and catch-up is ${campaign.catchUp}`;
    await insertSkipped(tx, campaign.id, due.skipped, due.skippedMore ? `${reason}; so are older ones` : reason);
  }
  await setDecidedUntil(tx, campaign.id, due.decidedUntil);
}

/**
 * Starts the run of a firing, held until its audience is in it. The key makes it the only one of that instant: whoever asks
 * again gets the same.
 */
export async function startFiring(tx: Sql, campaign: CampaignRow, at: Date, startAt: Date | null): Promise<string> {
  const { name, account, templateDetailId, columns, separator, values, maxRejected, delivery } = campaign;
  const timeZone = 'cron' in campaign.schedule ? campaign.schedule.timeZone : null;
  const when = { startAt, timeZone, flushAfterMs: null, skipMissed: false };
  const settings = { name, account, templateDetailId, columns, separator, values, maxRejected, delivery, ...when };
  const key = `${firingKeyPrefix}${campaign.id}:${at.toISOString()}`;
  const run = await createRun(tx, key, settings, preparingHold(campaign.audience));
  if (run) await insertFiring(tx, campaign.id, at, run.id);
  const found = run ?? (await findRunByKey(tx, key));
  if (!found) throw new Error(`campaign ${name}: the run of ${at.toISOString()} is neither new nor known`);
  return found.id;
}
