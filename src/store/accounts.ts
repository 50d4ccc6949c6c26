import type { Sql } from './database.js';

/** Makes accounts known to the ledger, so that runs, holds and limits can refer to them. */
export async function insertAccounts(db: Sql, names: Iterable<string>): Promise<void> {
  // In one order, so that two that do this at the same time don't wait for each other.
  const sorted = [...names].sort();
  // One that comes while the ledger is known to have gone back is held like all others.
  await db.$executeRaw`
    WITH new AS (INSERT INTO accounts (name) SELECT unnest(${sorted}::text[]) ON CONFLICT DO NOTHING RETURNING name)
    INSERT INTO holds (account, kind, reason)
    SELECT name, kind, reason FROM new, (
      SELECT kind, reason FROM holds WHERE kind = 'ledger_went_back' AND lifted_at IS NULL LIMIT 1) AS everywhere`;
}

/** The names of all accounts that anybody has delivered or sent for, in order. */
export async function accountNames(db: Sql): Promise<string[]> {
  const rows = await db.account.findMany({ select: { name: true }, orderBy: { name: 'asc' } });
  return rows.map(({ name }) => name);
}

/** How many batches of each account are still to be delivered. */
export async function unfinishedBatches(db: Sql): Promise<{ account: string; batches: number }[]> {
  return db.$queryRaw<{ account: string; batches: number }[]>`
    SELECT account, count(*)::int AS batches FROM batches b
    WHERE is_unfinished(b) GROUP BY account ORDER BY account`;
}
