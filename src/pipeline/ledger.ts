import type { Context } from '../context.js';
import { SiaranError } from '../errors.js';
import { type HoldView, holdEveryAccount, liftAllHolds } from '../store/holds.js';
import { hasAttempt, missingAttempts, restoreLostSends } from '../store/lost-sends.js';

const explanation =
  'LEDGER_WENT_BACK: Postgres has lost sends that Redis remembers (a fail-over, or a restored backup). ' +
  'Nothing is sent until: siaran resume --all --ledger-went-back';

/**
 * Whether Postgres still has the latest send that Redis remembers. If not, an older ledger would send again what it has
 * forgotten, and every account is held.
 */
export async function isLedgerWhole(ctx: Context): Promise<boolean> {
  const mark = await ctx.witness.mark();
  if (!mark || (await hasAttempt(ctx.db, mark))) return true;
  await holdEveryAccount(ctx.db, 'ledger_went_back', explanation);
  ctx.logger.fatal({ attemptId: String(mark.attemptId) }, explanation);
  return false;
}

export type LedgerRepair = {
  /** Batches that are `unknown` now, because a send of theirs was lost. */
  unknownBatches: string[];
  /** Sends of batches that Postgres lost altogether: look them up at Qiscus by the reference in their name. */
  lostBatches: string[];
};

/** An operator has seen that the ledger went back: lost sends are put back as unknown, and sending goes on. */
export async function repairLedger(ctx: Context): Promise<LedgerRepair> {
  const lost = await missingAttempts(ctx.db, await ctx.witness.sends());
  const unknownBatches = await ctx.db.$transaction((tx) => restoreLostSends(tx, lost));
  const known = new Set(unknownBatches);
  const rows = await ctx.db.batch.findMany({
    where: { id: { in: lost.map((send) => send.batchId) } },
    select: { id: true },
  });
  const inLedger = new Set(rows.map((row) => row.id));
  await ctx.witness.forget();
  await ctx.db.$transaction((tx) => liftAllHolds(tx));
  const lostBatches = [...new Set(lost.map((send) => send.batchId))].filter((id) => !inLedger.has(id));
  return { unknownBatches: [...known], lostBatches };
}

/**
 * An operator has seen why accounts were held, and lets them send again. Returns what was lifted.
 * @throws {SiaranError} `LEDGER_WENT_BACK` when that isn't repaired yet.
 */
export async function resumeAll(ctx: Context): Promise<HoldView[]> {
  if (!(await isLedgerWhole(ctx))) throw new SiaranError('LEDGER_WENT_BACK', explanation);
  return ctx.db.$transaction((tx) => liftAllHolds(tx));
}
