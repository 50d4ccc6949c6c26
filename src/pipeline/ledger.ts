import type { Context } from '../context.js';
import type { RememberedSend } from '../domain/batch.js';
import { mostAtOnce } from '../domain/firing.js';
import { latestOccurrences, occurrences } from '../domain/schedule.js';
import { SiaranError } from '../errors.js';
import { findStandingCampaign, lockCampaign, setDecidedUntil, standingCampaignIds } from '../store/campaigns.js';
import { currentTime, type Sql } from '../store/database.js';
import { withLongDeadlines } from '../store/deadlines.js';
import { insertSkipped } from '../store/firings.js';
import { type HoldView, holdEveryAccount, isLedgerHeld, liftHolds } from '../store/holds.js';
import { absorbedBefore, adoptIntake } from '../store/intakes.js';
import { missingAttempts, restoreLostSends } from '../store/lost-sends.js';
import { hasRun } from '../store/runs.js';
import { assertAccount } from './require-account.js';

const explanation =
  'LEDGER_WENT_BACK: Postgres has lost what Redis remembers (a fail-over, or a restored backup). ' +
  'Nothing is sent until: siaran resume --all --ledger-went-back';

export function ledgerWentBack(): SiaranError {
  return new SiaranError('LEDGER_WENT_BACK', explanation);
}

/**
 * Refuses what rests on the decisions in the ledger while some of them may be forgotten. Call it in the transaction of the change,
 * under its lock.
 * @throws {SiaranError} `LEDGER_WENT_BACK`
 */
export async function refuseWhileForgetful(tx: Sql): Promise<void> {
  if (await isLedgerHeld(tx)) throw ledgerWentBack();
}

/** As many sends as some workers make at the same time: what was lost of them may stand below others that weren't. */
const mostInFlight = 256;

/**
 * Whether Postgres still has the latest sends that Redis remembers. If not, an older ledger would send again what it has
 * forgotten, and every account is held.
 * @throws {SiaranError} `OTHER_DATABASE` when Redis remembers another database's.
 */
export async function isLedgerWhole(ctx: Context): Promise<boolean> {
  const trust = ctx.ledgerTrust.look();
  await ctx.owner.look();
  const isForgotten = await holdIfForgotten(ctx, await ctx.witness.latest(mostInFlight));
  if (!isForgotten) trust();
  return !isForgotten;
}

/** Holds every account if the ledger has forgotten one of these sends. */
export async function holdIfForgotten(ctx: Context, sends: readonly RememberedSend[]): Promise<boolean> {
  const [lost] = await missingAttempts(ctx.db, sends);
  if (lost) await holdForLostLedger(ctx, { batchId: lost.batchId, number: lost.number });
  return lost !== undefined;
}

/** As `isLedgerWhole`, for every single send and turn: a look of a moment ago will do. */
export async function wasLedgerWhole(ctx: Context): Promise<boolean> {
  return ctx.ledgerTrust.holds || isLedgerWhole(ctx);
}

/** @param evidence a send that the ledger doesn't have, or a run of which the buffer has more than the ledger knows. */
export async function holdForLostLedger(
  ctx: Context,
  evidence: { batchId: string; number: number } | { runId: string },
): Promise<void> {
  ctx.ledgerTrust.doubt();
  // What another database has in Redis says nothing about this one.
  await ctx.owner.look();
  const held = await holdEveryAccount(ctx.db, 'ledger_went_back', explanation);
  if (held > 0) ctx.logger.fatal(evidence, explanation);
}

export type LedgerRepair = {
  /** Batches that are `unknown` now, because a send of theirs was lost. */
  unknownBatches: string[];
  /** Those of them whose recipients were lost too: nothing here tells who they were, so their runs take nobody any more. */
  emptyBatches: string[];
  /** Sends of batches that Postgres lost altogether: look them up at Qiscus by the reference in their name. */
  lostBatches: string[];
  /** Firings that an older ledger may have forgotten: they are skipped. Look at Qiscus, and fire those by hand that are missing. */
  skippedFirings: { campaign: string; at: string }[];
  /** Runs that Postgres lost altogether and whose rows are still in the buffer: start and enqueue them anew. */
  lostRuns: string[];
};

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
  await ctx.db.$transaction((tx) => liftHolds(tx));
  return { ...restored, skippedFirings, lostRuns };
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
 * The same for one account: the others stay held, whoever's they are.
 * @throws {UsageError} when there is no such account.
 */
export async function resumeAccount(ctx: Context, account: string, ifHolds?: readonly string[]): Promise<HoldView[]> {
  await assertAccount(ctx, account);
  if (await holdIfForgotten(ctx, await ctx.witness.latest())) throw ledgerWentBack();
  return ctx.db.$transaction((tx) => liftHolds(tx, { account, ifHolds }));
}

/**
 * What was due since the ledger decided for the last time was fired, maybe, and forgotten: nothing here tells. Also what a campaign
 * that is paused had prepared ahead, as it isn't said when it was paused.
 */
async function skipForgottenFirings(ctx: Context): Promise<LedgerRepair['skippedFirings']> {
  const skipped: LedgerRepair['skippedFirings'] = [];
  for (const id of await standingCampaignIds(ctx.db))
    await ctx.db.$transaction(async (tx) => {
      await lockCampaign(tx, id);
      const campaign = await findStandingCampaign(tx, id);
      if (!campaign) return;
      const { name, schedule, decidedUntil, prepareAheadMs } = campaign;
      const now = await currentTime(tx);
      const until = new Date(now.getTime() + prepareAheadMs);
      const past = latestOccurrences(schedule, decidedUntil, now, mostAtOnce);
      // Each of them: a change of the schedule lets it count anew from then on, and only what is noted isn't fired again.
      const ahead = occurrences(schedule, decidedUntil > now ? decidedUntil : now, until, Number.POSITIVE_INFINITY);
      const reason = 'the ledger went back, so that it is not known whether this was sent';
      const noted = await insertSkipped(tx, campaign, [...past, ...ahead], reason);
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
