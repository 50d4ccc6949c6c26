import type { Context } from '../context.js';
import type { RememberedSend } from '../domain/runs/batch.js';
import { SiaranError } from '../errors.js';
import { holdEveryAccount, isLedgerHeld } from '../store/holds.js';
import { missingAttempts } from '../store/lost-sends.js';
import type { Sql } from '../store/postgres/sql.js';

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
const mostInFlight = 1_024;

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

/** Whether anything may be started that an older ledger might have started before; and not by a clock that is off. */
export async function mayBegin(ctx: Context): Promise<boolean> {
  return !ctx.clock.isOff && (await wasLedgerWhole(ctx)) && !(await isLedgerHeld(ctx.db));
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
