import pg from 'pg';
import { type Fragment, raw, type Sql, sql } from './sql.js';
import { isPreparationLost, isRefusal, noteUnclear } from './statement-errors.js';
import { nameStatement } from './statement-name.js';

/** What takes longer is broken off, and its locks are gone. */
const longestTransactionMs = 60_000;

/** Statements on any connection of a pool, each by itself. */
export function statementsOf(pool: pg.Pool): Sql {
  return statementsOn((statement) => askOn(pool, statement));
}

/** A statement as it stands, without values: one that a migration, or whoever looks at a database, has written. */
export function asked(db: Sql): (text: string) => Promise<unknown[]> {
  return (text) => db.$queryRaw<unknown[]>(raw(text));
}

/** Statements on one connection, in one transaction. It is rolled back if `work` throws. */
export async function transactOn<T>(pool: pg.Pool, work: (tx: Sql) => Promise<T>): Promise<T> {
  const { client, giveBack } = await take(pool);
  let broken: Error | undefined;
  try {
    return await transact(client, work);
  } catch (error) {
    if (isPreparationLost(error)) broken = error as Error;
    await client.query('ROLLBACK').catch((failure: Error) => {
      broken = failure;
    });
    throw error;
  } finally {
    giveBack(broken);
  }
}

/** Not as the pool's own `query`, which goes on in the context of whoever had the connection before, and closes it after each refusal. */
async function askOn(pool: pg.Pool, statement: pg.QueryConfig): Promise<pg.QueryResult> {
  const { client, giveBack } = await take(pool);
  let broken: Error | undefined;
  const ask = (asked: pg.QueryConfig) =>
    client.query(asked).catch((error: unknown) => {
      if (!isRefusal(error)) broken = noteUnclear(error);
      throw error;
    });
  try {
    return await ask(statement);
  } catch (error) {
    if (!isPreparationLost(error)) throw error;
    // It wasn't run. What else was prepared is lost as well, so that the connection is given up.
    broken = error as Error;
    return await ask({ ...statement, name: '' });
  } finally {
    giveBack(broken);
  }
}

async function take(pool: pg.Pool) {
  const client = await pool.connect();
  // The statement that is under way fails with it, and says so.
  const ignore = () => {};
  client.on('error', ignore);
  const giveBack = (broken: Error | undefined) => {
    client.off('error', ignore);
    client.release(broken);
  };
  return { client, giveBack };
}

async function transact<T>(client: pg.PoolClient, work: (tx: Sql) => Promise<T>): Promise<T> {
  const begun = performance.now();
  const refuseIfTooLong = () => {
    if (performance.now() - begun > longestTransactionMs) throw new TransactionTooLong();
  };
  let isOver = false;
  const ask: Run = async (statement) => {
    // The connection may be somebody else's by then.
    if (isOver) throw new Error('the transaction of this statement is over');
    refuseIfTooLong();
    return client.query(statement);
  };
  await client.query('BEGIN');
  const done = await work(statementsOn(ask)).finally(() => {
    isOver = true;
  });
  refuseIfTooLong();
  // Postgres answers the commit of a transaction that has failed with a rollback, and without an error.
  const { command } = await client.query('COMMIT').catch((error: unknown) => {
    throw isRefusal(error) ? error : noteUnclear(error);
  });
  if (command !== 'COMMIT') throw new Error('the transaction was rolled back');
  return done;
}

class TransactionTooLong extends Error {
  /** Postgres's own code for a transaction that took too long (25P04, `transaction_timeout`): it counts as an outage. */
  readonly code = '25P04';

  constructor() {
    super(`the transaction took more than ${longestTransactionMs} ms`);
  }
}

type Run = (statement: pg.QueryConfig) => Promise<pg.QueryResult>;

function statementsOn(run: Run): Sql {
  const ask = (query: TemplateStringsArray | Fragment, given: unknown[]) => {
    const { text, values } = 'raw' in query ? sql(query, ...given) : query;
    return run({ text, values, name: nameStatement(text, values), types });
  };
  return {
    $queryRaw: async <Rows>(query: TemplateStringsArray | Fragment, ...given: unknown[]) =>
      (await ask(query, given)).rows as Rows,
    $executeRaw: async (query, ...given) => (await ask(query, given)).rowCount ?? 0,
  };
}

const { INT8, TIMESTAMPTZ, JSON: JSON_TEXT, JSONB } = pg.types.builtins;

/** No digit of a `bigint` is lost, and what is JSON is read. A program may have told the pg that it shares with us to read these otherwise. */
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
