import { Client, type QueryConfig, type QueryResult } from 'pg';
import { AudienceError } from '../errors.js';
import type { AudienceSource } from './audience-source.js';
import { doubledColumns, type SqlMeans } from './sql-fault.js';
import { isInSiaransDatabase, makeRole, refusePowerfulRole } from './sql-role.js';
import { openSqlSession, type Row, type SqlSession } from './sql-session.js';

const CURSOR = 'siaran_audience';
const DECLARE = `DECLARE ${CURSOR} NO SCROLL CURSOR FOR\n`;
/** How many rows are fetched at once; fewer if they are large. Before the first fetch their size isn't known. */
const ROWS_AT_ONCE = 1_000;
const ROWS_AT_FIRST = 50;
const WANTED_BYTES = 8_000_000;

type SqlGiven = Omit<SqlMeans, 'databaseUrl'> & {
  /** Undefined: none was told, and the ledger's isn't taken for it. */
  databaseUrl: string | undefined;
  /** The ledger's address, whose role no query is asked as. */
  ledgerUrl: string;
};

/**
 * Declares a cursor for the query in a read-only transaction of a connection of its own, and reads its columns; no row is
 * fetched before it is asked for. Values are Postgres's own text (of a boolean `t` or `f`), or null.
 * `name` is what messages call it. @throws {AudienceError}
 */
export async function openSqlAudience(query: string, name: string, given: SqlGiven): Promise<AudienceSource> {
  const session = await openSession(name, given, query);
  try {
    await session.ask(oneStatement(DECLARE + query));
    const columns = (await session.ask(`FETCH 0 FROM ${CURSOR}`)).fields.map((field) => field.name);
    if (new Set(columns).size < columns.length) throw doubledColumns(name, columns);
    return { columns, rows: fetchAll(session), close: session.close };
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** Where queries are asked, and as whom, without a password. @throws {AudienceError} when none may be asked there. */
export async function checkAudienceDatabase(given: SqlGiven): Promise<string> {
  const session = await openSession('of a query', given, '');
  const { user, host, port, database } = session.client;
  const isSiarans = await isInSiaransDatabase(session).finally(() => session.close());
  const locks = isSiarans
    ? ", in Siaran's own database: a query can keep Siaran's advisory locks for as long as SIARAN_AUDIENCE_TIMEOUT"
    : '';
  return `${user} at ${host}:${port}/${database}${locks}`;
}

async function openSession(name: string, given: SqlGiven, query: string): Promise<SqlSession> {
  const { databaseUrl, ledgerUrl } = given;
  if (databaseUrl === undefined)
    throw new AudienceError(`The audience ${name} failed: SIARAN_AUDIENCE_DATABASE_URL is not set.\n${makeRole}`);
  const session = await openSqlSession(name, { ...given, databaseUrl }, { query, offset: DECLARE.length });
  try {
    await refusePowerfulRole(name, session, roleOf(ledgerUrl));
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** As pg reads it, which has a default. */
function roleOf(ledgerUrl: string): string {
  return new Client({ connectionString: ledgerUrl }).user ?? '';
}

async function* fetchAll(session: SqlSession): AsyncGenerator<Row, void> {
  for (let count = ROWS_AT_FIRST; ; ) {
    const { rows }: QueryResult<Row> = await session.ask(`FETCH ${count} FROM ${CURSOR}`);
    const bytesEach = Math.max(1, session.latestBytes() / count);
    yield* rows;
    if (rows.length < count) return;
    count = Math.max(1, Math.min(ROWS_AT_ONCE, Math.floor(WANTED_BYTES / bytesEach)));
  }
}

/** By the extended protocol, which takes a single statement: anything behind a `;` is refused. */
function oneStatement(text: string): QueryConfig {
  const statement: QueryConfig & { queryMode: 'extended' } = { text, queryMode: 'extended' };
  return statement;
}
