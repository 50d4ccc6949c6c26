import { columns, type Sql } from './postgres/sql.js';

/** An account's name, and the business portfolio whose daily limit it shares. */
type PortfolioOf = ReadonlyMap<string, { portfolio: string }>;

/** Makes accounts known to the ledger, so that runs, holds and limits can refer to them. What is known of them already stays. */
export async function insertAccounts(db: Sql, accounts: PortfolioOf): Promise<void> {
  const { names, portfolios } = sorted(accounts);
  // One that comes while the ledger is known to have gone back is held like all others.
  await db.$executeRaw`
    WITH new AS (
      INSERT INTO accounts (name, portfolio) SELECT * FROM unnest(${names}::text[], ${portfolios}::text[]) ON CONFLICT DO NOTHING RETURNING name
    )
    INSERT INTO holds (account, kind, reason)
    SELECT name, kind, reason FROM new, (
      SELECT kind, reason FROM holds WHERE kind = 'ledger_went_back' AND lifted_at IS NULL LIMIT 1) AS everywhere`;
}

/** Notes the portfolios of accounts, as who delivers for them was told. Returns those that were others before. */
export async function savePortfolios(db: Sql, accounts: PortfolioOf): Promise<string[]> {
  const changed: string[] = [];
  const { names, portfolios } = sorted(accounts);
  for (const [at, name] of names.entries()) {
    const updated = await db.$executeRaw`
      UPDATE accounts SET portfolio = ${portfolios[at]} WHERE name = ${name} AND portfolio <> ${portfolios[at]}`;
    if (updated === 1) changed.push(name);
  }
  return changed;
}

/**
 * Notes above how many people runs of each account need an approval, as who delivers for it was told. Runs that were started before keep
 * what was asked for then. Returns the accounts of which it was another number before.
 */
export async function saveApprovals(
  db: Sql,
  accounts: ReadonlyMap<string, { approvalAbove: number | undefined }>,
): Promise<string[]> {
  const changed: string[] = [];
  for (const [name, { approvalAbove = null }] of [...accounts].sort(([one], [other]) => (one < other ? -1 : 1))) {
    const updated = await db.$executeRaw`
      UPDATE accounts SET approval_above = ${approvalAbove} WHERE name = ${name} AND approval_above IS DISTINCT FROM ${approvalAbove}`;
    if (updated === 1) changed.push(name);
  }
  return changed;
}

/** In one order, so that two that write them at the same time don't wait for each other. */
function sorted(accounts: PortfolioOf): { names: string[]; portfolios: string[] } {
  const names = [...accounts.keys()].sort();
  return { names, portfolios: names.map((name) => accounts.get(name)?.portfolio ?? name) };
}

/** The names of all accounts that a process has delivered or sent for, in order. */
export async function accountNames(db: Sql): Promise<string[]> {
  const rows = await db.$queryRaw<{ name: string }[]>`SELECT name FROM accounts ORDER BY name`;
  return rows.map(({ name }) => name);
}

/** How many batches of each account are still to be delivered. */
export async function unfinishedBatches(db: Sql): Promise<{ account: string; batches: number }[]> {
  return db.$queryRaw<{ account: string; batches: number }[]>`
    SELECT account, count(*)::int AS batches FROM batches b
    WHERE is_unfinished(b) GROUP BY account ORDER BY account`;
}

/** Above how many people runs of an account need an approval, as workers were told; `null`: none does. */
export async function approvalAboveOf(db: Sql, name: string): Promise<number | null> {
  const rows = await db.$queryRaw<{ approvalAbove: number | null }[]>`
    SELECT ${columns('approval_above')} FROM accounts WHERE name = ${name}`;
  return rows[0]?.approvalAbove ?? null;
}
