import pg from 'pg';
import { Prisma, type PrismaClient } from '../../generated/prisma/client.js';
import { nameStatement } from './statement-name.js';

/** Raw statements, on the client or in one transaction. Prisma runs them, or pg itself. */
export type RawSql = {
  $queryRaw<Rows>(query: TemplateStringsArray | Prisma.Sql, ...values: unknown[]): Promise<Rows>;
  $executeRaw(query: TemplateStringsArray | Prisma.Sql, ...values: unknown[]): Promise<number>;
};

/** As Prisma has it for its own transactions: what takes longer is broken off, and its locks are gone. */
const longestTransactionMs = 60_000;
/** Prisma's code for it. */
const tooLong = 'P2028';

/** The pools of the ledgers that `openDatabase` has opened. Whatever else stands for a ledger is asked as it is. */
const pools = new WeakMap<object, pg.Pool>();

/** From now on statements on this ledger may go directly to its pool, which is closed with it. */
export function keepPool(db: PrismaClient, pool: pg.Pool): void {
  // An idle connection that breaks is out of the pool by then; without a listener the process would end.
  pool.on('error', () => {});
  pools.set(db, pool);
  // Prisma closes no pool that it has asked for nothing.
  const disconnect = db.$disconnect.bind(db);
  db.$disconnect = async () => {
    await disconnect();
    if (!pool.ending) await pool.end();
  };
}

/**
 * The same ledger, for statements that every batch needs: they go to pg without Prisma's engine, which costs a process several
 * times what pg does. Within a transaction of Prisma's they stay in it.
 */
export function directly(db: Prisma.TransactionClient | RawSql): RawSql {
  const pool = pools.get(db);
  return pool ? statementsOn((statement) => pool.query(statement)) : db;
}

/** A transaction of such statements. It is rolled back if `work` throws. */
export async function transactDirectly<T>(db: PrismaClient, work: (tx: RawSql) => Promise<T>): Promise<T> {
  const pool = pools.get(db);
  if (!pool) return db.$transaction(work);
  const client = await pool.connect();
  // The statement that is under way fails with it, and says so.
  const ignore = () => {};
  client.on('error', ignore);
  let broken: Error | undefined;
  try {
    return await transact(client, work);
  } catch (error) {
    await client.query('ROLLBACK').catch((failure: Error) => {
      broken = failure;
    });
    throw error;
  } finally {
    client.off('error', ignore);
    client.release(broken);
  }
}

async function transact<T>(client: pg.PoolClient, work: (tx: RawSql) => Promise<T>): Promise<T> {
  const begun = performance.now();
  const refuseIfTooLong = () => {
    if (performance.now() - begun > longestTransactionMs)
      throw Object.assign(new Error(`the transaction took more than ${longestTransactionMs} ms`), { code: tooLong });
  };
  await client.query('BEGIN');
  const done = await work(
    statementsOn((statement) => {
      refuseIfTooLong();
      return client.query(statement);
    }),
  );
  refuseIfTooLong();
  // Postgres answers the commit of a transaction that has failed with a rollback, and without an error.
  const { command } = await client.query('COMMIT');
  if (command !== 'COMMIT') throw new Error('the transaction was rolled back');
  return done;
}

type Run = (statement: pg.QueryConfig) => Promise<pg.QueryResult>;

function statementsOn(run: Run): RawSql {
  const ask = (query: TemplateStringsArray | Prisma.Sql, given: unknown[]) => {
    const { text, values } = 'raw' in query ? Prisma.sql(query, ...given) : query;
    return run({ text, values, name: nameStatement({ sql: text, args: values }), types });
  };
  return {
    // What the rows are is the caller's to say, as with Prisma.
    $queryRaw: async <Rows>(query: TemplateStringsArray | Prisma.Sql, ...given: unknown[]) =>
      (await ask(query, given)).rows as Rows,
    $executeRaw: async (query, ...given) => (await ask(query, given)).rowCount ?? 0,
  };
}

const { INT8, TIMESTAMPTZ, JSON: JSON_TEXT, JSONB } = pg.types.builtins;

/** As Prisma reads them: no digit of a `bigint` is lost. A program may have told the pg that it shares with us to read these otherwise. */
const parsers: Readonly<Record<number, (text: string) => unknown>> = {
  [INT8]: BigInt,
  // Every session is in UTC.
  [TIMESTAMPTZ]: (text) => new Date(`${text.replace(' ', 'T').replace(/\+00$/, '')}Z`),
  [JSON_TEXT]: (text) => JSON.parse(text),
  [JSONB]: (text) => JSON.parse(text),
};

const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => parsers[oid] ?? pg.types.getTypeParser(oid, format),
};
