import { Prisma } from '../../src/generated/prisma/client.js';
import type { Database } from '../../src/store/postgres/database.js';

/** What a piece of work asked of Postgres. */
export type Asked = {
  /** How many statements it was. */
  statements: number;
  /** Pages of tables and indexes that its raw statements read, wherever they lay. */
  buffers: number;
};

/** Does `work` on a ledger that has Postgres explain each raw statement before it is asked. */
export async function measured(db: Database, work: (db: Database) => Promise<unknown>): Promise<Asked> {
  const asked = { statements: 0, buffers: 0 };
  const explainToo = async (query: TemplateStringsArray | Prisma.Sql, ...values: unknown[]) => {
    const statement = 'raw' in query ? Prisma.sql(query, ...values) : query;
    const [plan] = await db.$queryRaw<Explained[]>`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${statement}`;
    asked.statements += 1;
    asked.buffers += buffersOf(plan);
    return db.$queryRaw(statement);
  };
  const counted = (model: object) =>
    new Proxy(model, {
      get(of, name) {
        asked.statements += 1;
        return Reflect.get(of, name) as unknown;
      },
    });
  const proxy = new Proxy(db, {
    get(of, name) {
      if (name === '$queryRaw') return explainToo;
      const found = Reflect.get(of, name) as unknown;
      return typeof found === 'object' && found !== null ? counted(found) : found;
    },
  });
  await work(proxy);
  return asked;
}

type Explained = { 'QUERY PLAN': { Plan: Record<'Shared Hit Blocks' | 'Shared Read Blocks', number> }[] };

function buffersOf(explained: Explained | undefined): number {
  const plan = explained?.['QUERY PLAN'][0]?.Plan;
  if (!plan) throw new Error('Postgres explained nothing.');
  return plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
}
