import type { Database } from '../../src/store/postgres/database.js';
import { sql } from '../../src/store/postgres/sql.js';

/** What a piece of work asked of Postgres. */
export type Asked = {
  /** How many statements it was. */
  statements: number;
  /** Pages of tables and indexes that they read, wherever they lay. */
  buffers: number;
};

/** Does `work` on a ledger that has Postgres explain each statement before it is asked. */
export async function measured(db: Database, work: (db: Database) => Promise<unknown>): Promise<Asked> {
  const asked = { statements: 0, buffers: 0 };
  const explainToo: Database['$queryRaw'] = async (query, ...values) => {
    const statement = 'raw' in query ? sql(query, ...values) : query;
    const [plan] = await db.$queryRaw<Explained[]>`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${statement}`;
    asked.statements += 1;
    asked.buffers += buffersOf(plan);
    return db.$queryRaw(statement);
  };
  await work({ ...db, $queryRaw: explainToo });
  return asked;
}

type Explained = { 'QUERY PLAN': { Plan: Record<'Shared Hit Blocks' | 'Shared Read Blocks', number> }[] };

function buffersOf(explained: Explained | undefined): number {
  const plan = explained?.['QUERY PLAN'][0]?.Plan;
  if (!plan) throw new Error('Postgres explained nothing.');
  return plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
}
