import type { Context } from '../context.js';
import { dueFirings } from '../domain/firing.js';
import { preparingHold } from '../domain/run.js';
import {
  activeCampaigns,
  type CampaignRow,
  currentTime,
  lockActiveCampaign,
  setDecidedUntil,
} from '../store/campaigns.js';
import type { Sql } from '../store/database.js';
import { insertFiring, insertSkipped } from '../store/firings.js';
import { createRun, firingKeyPrefix } from './start-run.js';

/**
 * Decides about every firing that is due: a run of its own for each, or a note that it was missed and is skipped. What is due
 * is told by Postgres and its clock alone, so this may be called as often, and by as many at once, as anybody likes.
 */
export async function fireDue(ctx: Context): Promise<void> {
  const now = await currentTime(ctx.db);
  for (const campaign of await activeCampaigns(ctx.db)) {
    if (!isAnythingDue(campaign, now)) continue;
    try {
      await ctx.db.$transaction((tx) => decide(ctx, tx, campaign.id));
    } catch (err) {
      // One campaign's trouble is not the others'.
      ctx.logger.error({ err, campaign: campaign.name }, 'not fired; tried again soon');
    }
  }
}

function isAnythingDue(campaign: CampaignRow, now: Date): boolean {
  const { fire, skipped } = dueFirings(campaign, now);
  return fire.length + skipped.length > 0;
}

async function decide(ctx: Context, tx: Sql, campaignId: string): Promise<void> {
  const campaign = await lockActiveCampaign(tx, campaignId);
  if (!campaign) return;
  const due = dueFirings(campaign, await currentTime(tx));
  for (const at of due.fire) {
    const runId = await startFiring(tx, campaign, at, { startAt: at });
    ctx.logger.info({ campaign: campaign.name, at, runId }, 'fired');
  }
  if (due.skipped.length > 0) {
    ctx.logger.warn({ campaign: campaign.name, instants: due.skipped.length }, 'missed firings are skipped');
    await insertSkipped(
      tx,
      campaign.id,
      due.skipped,
      `missed: no worker was at work, and catch-up is ${campaign.catchUp}`,
    );
  }
  await setDecidedUntil(tx, campaign.id, due.decidedUntil);
}

/** Starts the run of a firing, held until its audience is in it. The key makes it the only one of that instant. */
export async function startFiring(
  tx: Sql,
  campaign: CampaignRow,
  at: Date,
  { startAt }: { startAt: Date | null },
): Promise<string> {
  const { name, account, templateDetailId, columns, separator, delivery } = campaign;
  const settings = { name, account, templateDetailId, columns, separator, delivery, startAt, flushAfterMs: null };
  const key = `${firingKeyPrefix}${campaign.id}:${at.toISOString()}`;
  const run = await createRun(tx, key, settings, preparingHold(campaign.audience));
  if (!run) throw new Error(`campaign ${name} was fired for ${at.toISOString()} before`);
  await insertFiring(tx, campaign.id, at, run.id);
  return run.id;
}
