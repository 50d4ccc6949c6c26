import { ChangedMeanwhileError } from '../errors.js';
import { exists, type Sql, sql } from './postgres/sql.js';

/**
 * Why an account is held. `refused` (401, 402, 403) and `unreachable` are probed; `rate_limited` ends at its time;
 * `unknowns` (three sends in a row without an answer) and `ledger_went_back` are lifted by an operator only. `stopped` and
 * `account_stopped` are no rows of their own: a stop stands (`stops.ts`), of everything or of this account, and only `go` lifts it.
 */
export const holdKinds = [
  'refused',
  'unreachable',
  'rate_limited',
  'unknowns',
  'ledger_went_back',
  'stopped',
  'account_stopped',
] as const;
export type HoldKind = (typeof holdKinds)[number];

/** Whether a stop holds the account, rather than trouble. */
export function isStop(kind: string): boolean {
  return kind === 'stopped' || kind === 'account_stopped';
}

/** A hold: an account sends nothing until it is lifted. */
export type HoldView = {
  /** Another one each time that the account comes to be held for this reason. */
  id: string;
  /** The account's name. */
  account: string;
  /** Which hold it is. */
  kind: HoldKind;
  /** Why, in words. */
  reason: string;
  /** Since when, ISO 8601 in UTC. */
  heldAt: string;
  /** Until when, or when Qiscus is tried again, ISO 8601 in UTC; `null`: until an operator lifts it. */
  until: string | null;
};

/** The id of a hold `h`. One that is held already is held by further unknown sends again: the operator who lifts it has to know of those. */
const holdId = sql`left(md5(ROW(h.account, h.kind, h.held_at AT TIME ZONE 'UTC', CASE WHEN h.kind = 'unknowns' THEN h.failures END)::text), 16)`;

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

/** With so many sends in a row without an answer an account is held. */
export const mostUnknowns = 3;

/** Counts sends that ended without an answer. The account is then held until an operator says so, or until the answers come after all. */
async function countUnknown(tx: Sql, account: string, count: number): Promise<void> {
  await tx.$executeRaw`
    WITH streak AS (
      UPDATE accounts SET unknown_streak = unknown_streak + ${count} WHERE name = ${account} RETURNING unknown_streak
    )
    INSERT INTO holds AS h (account, kind, reason, failures)
    SELECT ${account}, 'unknowns', unknown_streak || ' sends in a row ended without an answer. Look them up at Qiscus, then: siaran resume --account ' || ${account}::text,
           unknown_streak
    FROM streak WHERE unknown_streak >= ${mostUnknowns}
    ON CONFLICT (account, kind) DO UPDATE SET
      reason = excluded.reason, failures = excluded.failures, lifted_at = NULL,
      held_at = CASE WHEN h.lifted_at IS NULL THEN h.held_at ELSE clock_timestamp() END`;
}

/** Nobody knows whether these batches of the account were sent: it is counted, and individual runs go no further. */
export async function noteUnknown(tx: Sql, account: string, batchIds: readonly string[]): Promise<void> {
  await countUnknown(tx, account, batchIds.length);
  await holdRunsOfMessages(tx, batchIds);
}

/**
 * Holds the individual runs of these batches until an operator says so, if anything of them could still go out. What was claimed
 * already doesn't go out any more; after that they try one by one.
 */
async function holdRunsOfMessages(tx: Sql, batchIds: readonly string[]): Promise<void> {
  await tx.$executeRaw`
    WITH unknown AS (
      SELECT run_id, min(id) AS batch_id FROM batches WHERE id = ANY(${batchIds}::text[]) AND individual GROUP BY run_id
    ), run AS (
      SELECT id, batch_id FROM runs JOIN unknown ON run_id = id
      WHERE cancelled_at IS NULL AND NOT EXISTS (SELECT 1 FROM ended_runs e WHERE e.id = runs.id)
      ORDER BY id FOR NO KEY UPDATE OF runs
    )
    UPDATE runs SET one_by_one = true, held_kind = 'unknown', held_at = clock_timestamp(),
           held_reason = 'nobody knows whether the message of batch ' || batch_id || ' was sent. Look it up at Qiscus, resolve it, then: siaran resume ' || run.id
    FROM run WHERE runs.id = run.id AND held_kind IS DISTINCT FROM 'unknown'`;
}

/** Stops everything, until an operator lets it go on. Returns how many accounts were not held for this yet. */
export async function holdEveryAccount(db: Sql, kind: HoldKind, reason: string): Promise<number> {
  return db.$executeRaw`
    INSERT INTO holds AS h (account, kind, reason) SELECT name, ${kind}, ${reason} FROM accounts
    ON CONFLICT (account, kind) DO UPDATE SET lifted_at = NULL, held_at = clock_timestamp() WHERE h.lifted_at IS NOT NULL`;
}

/** Whether it is known that the ledger went back, and nobody has repaired it yet. */
export async function isLedgerHeld(db: Sql): Promise<boolean> {
  return exists(db, sql`SELECT FROM holds WHERE kind = 'ledger_went_back' AND lifted_at IS NULL`);
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
    WHERE account = ANY(${accounts}::text[]) AND lifted_at IS NULL AND probe_at <= clock_timestamp() AND account_may_send(account, true)
    RETURNING account`;
  return [...new Set(rows.map((row) => row.account))];
}

/** New credentials of these accounts, or a repaired network, may have come with this worker: find out at once. */
export async function probeSoon(db: Sql, accounts: readonly string[]): Promise<void> {
  await db.$executeRaw`
    UPDATE holds SET probe_at = clock_timestamp()
    WHERE account = ANY(${accounts}::text[]) AND lifted_at IS NULL AND probe_at IS NOT NULL`;
}

/**
 * An operator lets an account send again, or all of them. Returns what was held.
 * @param ifHolds the ids of all its holds that the operator saw. @throws {ChangedMeanwhileError} when others hold by now.
 */
export async function liftHolds(
  tx: Sql,
  { account, ifHolds }: { account?: string; ifHolds?: readonly string[] | undefined } = {},
): Promise<HoldView[]> {
  const only = account ?? null;
  // Accounts before holds, in the order in which an answer is recorded: the other way round two transactions would wait for each other.
  await tx.$executeRaw`UPDATE accounts SET unknown_streak = 0 WHERE ${only}::text IS NULL OR name = ${only}`;
  // A hold that comes to be from now on is none of these, and stays.
  await tx.$queryRaw`SELECT 1 FROM holds WHERE ${only}::text IS NULL OR account = ${only} ORDER BY account, kind FOR UPDATE`;
  const held = await activeHolds(tx, account);
  const ids = held.map(({ id }) => id);
  if (ifHolds !== undefined && ids.toSorted().join() !== [...new Set(ifHolds)].toSorted().join())
    throw new ChangedMeanwhileError(account === undefined ? 'What holds accounts' : `What holds account ${account}`);
  await tx.$executeRaw`
    DELETE FROM holds h WHERE (${only}::text IS NULL OR account = ${only})
      AND (h.lifted_at IS NOT NULL OR h.expires_at <= clock_timestamp() OR ${holdId} = ANY(${ids}::text[]))`;
  return held.filter(({ kind }) => !isStop(kind));
}

export async function activeHolds(db: Sql, account?: string): Promise<HoldView[]> {
  const rows = await db.$queryRaw<
    { id: string; account: string; kind: HoldKind; reason: string; heldAt: Date; until: Date | null }[]
  >`
    SELECT ${holdId} AS id, account, kind, reason, held_at AS "heldAt", coalesce(expires_at, probe_at) AS until FROM active_holds h
    WHERE ${account ?? null}::text IS NULL OR account = ${account ?? null} ORDER BY account, held_at`;
  return rows.map((row) => ({ ...row, heldAt: row.heldAt.toISOString(), until: row.until?.toISOString() ?? null }));
}
