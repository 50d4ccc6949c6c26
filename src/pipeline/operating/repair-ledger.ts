import type { Context } from '../../context.js';
import { mostAtOnce } from '../../domain/campaigns/firing.js';
import { latestOccurrences, occurrences, withoutSkips } from '../../domain/schedules/schedule.js';
import { findStandingCampaign, lockCampaign, setDecidedUntil, standingCampaignIds } from '../../store/campaigns.js';
import { insertSkipped } from '../../store/firings.js';
import { type HoldView, liftHolds } from '../../store/holds.js';
import { absorbedBefore, adoptIntake } from '../../store/intakes.js';
import { missingAttempts, restoreLostSends } from '../../store/lost-sends.js';
import { currentTime } from '../../store/postgres/database.js';
import { withLongDeadlines } from '../../store/postgres/deadlines.js';
import { stopForgottenRetries } from '../../store/retries.js';
import { hasRun } from '../../store/runs.js';
import { holdIfForgotten, ledgerWentBack } from '../check-ledger.js';
import { assertAccount } from '../require-account.js';

/** What an older copy of Postgres had lost, and what became of it. */
export type LedgerRepair = {
  /** The ids of batches that are `unknown` now, because Postgres lost one of their sends. An operator has to resolve them. */
  unknownBatches: string[];
  /** Those of them whose recipients are lost too: nobody can tell who they were, so their runs take no more recipients. */
  emptyBatches: string[];
  /** The ids of batches that were sent and that Postgres lost: look them up at Qiscus by the id in their name. */
  lostBatches: string[];
  /** Firings that may have been sent and that Postgres lost. They are skipped: look at Qiscus, and fire by hand those that are missing. */
  skippedFirings: {
    /** The campaign's name. */
    campaign: string;
    /** The firing's instant, ISO 8601 in UTC. */
    at: string;
  }[];
  /** The ids of runs that may have been sent again by themselves, which Postgres lost. They aren't any more: `resend` does it by hand. */
  stoppedRetries: string[];
  /** The ids of runs that Postgres lost and whose rows are still in Redis: start them and enqueue their recipients anew. */
  lostRuns: string[];
};

/** Why nothing goes out of which an older ledger may have forgotten that it did. */
const forgotten = 'the ledger went back, so that it is not known whether this was sent';

/** An operator has seen that the ledger went back: what it lost is put back as far as Redis knows, and sending goes on. */
export function repairLedger(ctx: Context): Promise<LedgerRepair> {
  return withLongDeadlines(() => repair(ctx));
}

async function repair(ctx: Context): Promise<LedgerRepair> {
  const lostRuns = await adoptBufferedIntakes(ctx);
  const lost = await missingAttempts(ctx.db, await ctx.witness.latest());
  const restored = await ctx.db.$transaction((tx) => restoreLostSends(tx, lost));
  // What the ledger has again stays remembered: it may go back once more.
  await ctx.witness.forget(await missingAttempts(ctx.db, lost));
  const skippedFirings = await skipForgottenFirings(ctx);
  const stoppedRetries = await ctx.db.$transaction((tx) => stopForgottenRetries(tx, forgotten));
  await ctx.db.$transaction((tx) => liftHolds(tx));
  return { ...restored, skippedFirings, stoppedRetries, lostRuns };
}

/**
 * An operator has seen why accounts were held, and lets them send again. Returns what was lifted.
 * @param ifHolds the ids of all holds that were seen: if others hold by now, nothing is lifted.
 * @throws {SiaranError} `LEDGER_WENT_BACK` when that isn't repaired yet.
 */
export async function resumeAll(ctx: Context, ifHolds?: readonly string[]): Promise<HoldView[]> {
  if (await holdIfForgotten(ctx, await ctx.witness.latest())) throw ledgerWentBack();
  return ctx.db.$transaction((tx) => liftHolds(tx, { ifHolds }));
}

/**
 * The same for one account; all others stay held.
 * @throws {UsageError} when there is no such account.
 */
export async function resumeAccount(ctx: Context, account: string, ifHolds?: readonly string[]): Promise<HoldView[]> {
  await assertAccount(ctx, account);
  if (await holdIfForgotten(ctx, await ctx.witness.latest())) throw ledgerWentBack();
  return ctx.db.$transaction((tx) => liftHolds(tx, { account, ifHolds }));
}

/**
 * What was due since the ledger decided for the last time was fired, maybe, and forgotten: nothing here tells. Also what a campaign
 * that is paused had prepared ahead, as the ledger doesn't have the instant of its pause.
 */
async function skipForgottenFirings(ctx: Context): Promise<LedgerRepair['skippedFirings']> {
  const skipped: LedgerRepair['skippedFirings'] = [];
  for (const id of await standingCampaignIds(ctx.db))
    await ctx.db.$transaction(async (tx) => {
      await lockCampaign(tx, id);
      const campaign = await findStandingCampaign(tx, id);
      if (!campaign) return;
      const { name, decidedUntil, prepareAheadMs } = campaign;
      const schedule = withoutSkips(campaign.schedule);
      const now = await currentTime(tx);
      const until = new Date(now.getTime() + prepareAheadMs);
      const past = latestOccurrences(schedule, decidedUntil, now, mostAtOnce);
      // Each of them: a change of the schedule lets it count anew from then on, and only what is noted isn't fired again.
      const ahead = occurrences(schedule, decidedUntil > now ? decidedUntil : now, until, Number.POSITIVE_INFINITY);
      const noted = await insertSkipped(tx, campaign, [...past, ...ahead], forgotten);
      await setDecidedUntil(tx, id, until);
      skipped.push(...noted.map((at) => ({ campaign: name, at: at.toISOString() })));
    });
  return skipped;
}

/**
 * Rows in the buffer whose intake was lost come in as an intake of their own. Those of a run that was lost too are set aside.
 * Returns such runs.
 */
async function adoptBufferedIntakes(ctx: Context): Promise<string[]> {
  const lostRuns: string[] = [];
  for await (const runId of ctx.buffer.bufferedRuns()) {
    if (!(await hasRun(ctx.db, runId))) {
      await ctx.buffer.setAside(runId);
      lostRuns.push(runId);
      continue;
    }
    const heads = await ctx.buffer.heads(runId);
    const known = new Set((await absorbedBefore(ctx.db, [...new Set(heads.map((head) => head.intakeId))])).keys());
    for (const { intakeId, number } of heads) {
      if (known.has(intakeId)) continue;
      await ctx.db.$transaction((tx) => adoptIntake(tx, runId, intakeId, number - 1));
      known.add(intakeId);
    }
  }
  return lostRuns;
}
