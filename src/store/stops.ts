import type { Sql } from './postgres/sql.js';

/** A stop that stands: nothing of its account goes out, or of any, until somebody lifts it. */
export type StopView = {
  /** `null`: every account, also one that comes later. */
  account: string | null;
  /** Who stopped it. */
  stoppedBy: string;
  /** Since when, ISO 8601 in UTC. */
  stoppedAt: string;
};

/** In the ledger the stop of every account has an empty name. */
const nameOf = (account: string | null) => account ?? '';

/** Stops an account, or all. One that stands already stays as it is. `false`: it stood. */
export async function insertStop(tx: Sql, account: string | null, by: string): Promise<boolean> {
  const inserted = await tx.$executeRaw`
    /* a stop begins */ INSERT INTO stops (account, stopped_by) VALUES (${nameOf(account)}, ${by}) ON CONFLICT (account) DO NOTHING`;
  return inserted === 1;
}

/** Lifts this stop, and no other. `false`: there was none. */
export async function deleteStop(tx: Sql, account: string | null): Promise<boolean> {
  return (await tx.$executeRaw`DELETE FROM stops WHERE account = ${nameOf(account)}`) === 1;
}

/** The stops that stand, that of every account first. */
export async function standingStops(db: Sql): Promise<StopView[]> {
  const rows = await db.$queryRaw<{ account: string; stoppedBy: string; stoppedAt: Date }[]>`
    SELECT account, stopped_by AS "stoppedBy", stopped_at AS "stoppedAt" FROM stops ORDER BY account`;
  return rows.map(({ account, stoppedBy, stoppedAt }) => ({
    account: account === '' ? null : account,
    stoppedBy,
    stoppedAt: stoppedAt.toISOString(),
  }));
}

/** Transactions of this database that are under way at this moment, but for this one. */
export async function transactionsUnderWay(db: Sql): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT concat_ws(' ', pid, xact_start) AS id FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
      -- What another role does isn't shown to every role.
      AND (xact_start IS NOT NULL OR NOT pg_has_role(usesysid, 'USAGE') AND NOT pg_has_role('pg_read_all_stats', 'USAGE'))`;
  return rows.map(({ id }) => id);
}
