import type { Sql } from './database.js';

/**
 * Why an account is held. `refused` (401, 402, 403) and `unreachable` are probed; `rate_limited` ends at its time;
 * `unknowns` (three sends in a row without an answer) and `ledger_went_back` are lifted by an operator only.
 */
export type HoldKind = 'refused' | 'unreachable' | 'rate_limited' | 'unknowns' | 'ledger_went_back';

export type HoldView = { account: string; kind: HoldKind; reason: string; heldAt: string; until: string | null };

/** How often in a row the account failed in this way, as far as this hold remembers; locks the hold. */
export async function failuresOf(
  tx: Sql,
  account: string,
  kind: HoldKind,
): Promise<{ failures: number; counted: boolean }> {
  const rows = await tx.$queryRaw<{ failures: number; counted: boolean }[]>`
    SELECT failures, lifted_at IS NULL AND coalesce(probe_at, expires_at) > clock_timestamp() AS counted
    FROM holds WHERE account = ${account} AND kind = ${kind} FOR UPDATE`;
  return rows[0] ?? { failures: 0, counted: false };
}

/** Holds the account, or renews its hold. Ends or is probed after `waitMs`. */
export async function holdAccount(
  tx: Sql,
  hold: { account: string; kind: HoldKind; reason: string; failures: number; waitMs: number },
): Promise<void> {
  const timed = hold.kind === 'rate_limited';
  await tx.$executeRaw`
    INSERT INTO holds AS h (account, kind, reason, failures, probe_at, expires_at)
    SELECT ${hold.account}, ${hold.kind}, ${hold.reason}, ${hold.failures},
           CASE WHEN NOT ${timed} THEN until END, CASE WHEN ${timed} THEN until END
    FROM (SELECT clock_timestamp() + ${hold.waitMs} * interval '1 millisecond' AS until) AS wait
    ON CONFLICT (account, kind) DO UPDATE SET
      reason = excluded.reason, failures = excluded.failures, probe_at = excluded.probe_at, expires_at = excluded.expires_at,
      held_at = CASE WHEN h.lifted_at IS NULL THEN h.held_at ELSE clock_timestamp() END, lifted_at = NULL`;
}

/** Counts a send that ended without an answer; from the third in a row on the account is held until an operator says so. */
export async function countUnknown(tx: Sql, account: string, count: number): Promise<void> {
  await tx.$executeRaw`
    WITH streak AS (
      UPDATE accounts SET unknown_streak = unknown_streak + ${count} WHERE name = ${account} RETURNING unknown_streak
    )
    INSERT INTO holds AS h (account, kind, reason, failures)
    SELECT ${account}, 'unknowns', unknown_streak || ' sends in a row ended without an answer. Look them up at Qiscus, then: siaran resume --all',
           unknown_streak
    FROM streak WHERE unknown_streak >= 3
    ON CONFLICT (account, kind) DO UPDATE SET
      reason = excluded.reason, failures = excluded.failures, lifted_at = NULL,
      held_at = CASE WHEN h.lifted_at IS NULL THEN h.held_at ELSE clock_timestamp() END`;
}

/** Stops everything, until an operator lets it go on. Returns how many accounts were not held for this yet. */
export async function holdEveryAccount(db: Sql, kind: HoldKind, reason: string): Promise<number> {
  return db.$executeRaw`
    INSERT INTO holds AS h (account, kind, reason) SELECT name, ${kind}, ${reason} FROM accounts
    ON CONFLICT (account, kind) DO UPDATE SET lifted_at = NULL, held_at = clock_timestamp() WHERE h.lifted_at IS NOT NULL`;
}

/** Whether it is known that the ledger went back, and nobody has repaired it yet. */
export async function isLedgerHeld(db: Sql): Promise<boolean> {
  const rows = await db.$queryRaw<
    unknown[]
  >`SELECT 1 FROM holds WHERE kind = 'ledger_went_back' AND lifted_at IS NULL LIMIT 1`;
  return rows.length > 0;
}

/** A send went through: nothing is in a row any more, and lifted holds are forgotten. */
export async function forgetTroubles(tx: Sql, account: string): Promise<void> {
  await tx.$executeRaw`UPDATE accounts SET unknown_streak = 0 WHERE name = ${account} AND unknown_streak > 0`;
  await tx.$executeRaw`DELETE FROM holds WHERE account = ${account} AND (lifted_at IS NOT NULL OR expires_at <= clock_timestamp())`;
}

/** The provider took, or at least read, an upload again. The row stays, so that a relapse backs off further. */
export async function liftProbedHolds(db: Sql, account: string): Promise<number> {
  return db.$executeRaw`
    UPDATE holds SET lifted_at = clock_timestamp()
    WHERE account = ${account} AND kind IN ('refused', 'unreachable') AND lifted_at IS NULL`;
}

/** Takes the turn to probe each of these accounts whose time has come, so that one process does it. Returns them. */
export async function takeProbes(db: Sql, accounts: readonly string[], nextInMs: number): Promise<string[]> {
  const rows = await db.$queryRaw<{ account: string }[]>`
    UPDATE holds SET probe_at = clock_timestamp() + ${nextInMs} * interval '1 millisecond'
    WHERE account = ANY(${accounts}::text[]) AND lifted_at IS NULL AND probe_at <= clock_timestamp()
      AND NOT EXISTS (SELECT 1 FROM active_holds h WHERE h.account = holds.account AND h.probe_at IS NULL)
    RETURNING account`;
  return [...new Set(rows.map((row) => row.account))];
}

/** New credentials of these accounts, or a repaired network, may have come with this worker: find out at once. */
export async function probeSoon(db: Sql, accounts: readonly string[]): Promise<void> {
  await db.$executeRaw`
    UPDATE holds SET probe_at = clock_timestamp()
    WHERE account = ANY(${accounts}::text[]) AND lifted_at IS NULL AND probe_at IS NOT NULL`;
}

/** An operator lets every account send again. Returns what was held. */
export async function liftAllHolds(tx: Sql): Promise<HoldView[]> {
  // Accounts before holds, as whoever records an answer does: the other way round the two would wait for each other.
  await tx.$executeRaw`UPDATE accounts SET unknown_streak = 0`;
  const held = await activeHolds(tx);
  await tx.$executeRaw`DELETE FROM holds`;
  return held;
}

export async function activeHolds(db: Sql, account?: string): Promise<HoldView[]> {
  const rows = await db.$queryRaw<
    { account: string; kind: HoldKind; reason: string; heldAt: Date; until: Date | null }[]
  >`
    SELECT account, kind, reason, held_at AS "heldAt", coalesce(expires_at, probe_at) AS until FROM active_holds
    WHERE ${account ?? null}::text IS NULL OR account = ${account ?? null} ORDER BY account, held_at`;
  return rows.map((row) => ({ ...row, heldAt: row.heldAt.toISOString(), until: row.until?.toISOString() ?? null }));
}
