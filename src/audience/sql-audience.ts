import type { Socket } from 'node:net';
import { Client, type QueryConfig, type QueryResult } from 'pg';
import type { AudienceSource } from './audience-source.js';
import { connectFault, doubledColumns, queryFault, type SqlMeans, tooMuch } from './sql-fault.js';

type Row = Record<string, string | null>;

const CURSOR = 'siaran_audience';
const DECLARE = `DECLARE ${CURSOR} NO SCROLL CURSOR FOR\n`;
/** How many rows are fetched at once; fewer if they are large. Before the first fetch their size isn't known. */
const ROWS_AT_ONCE = 1_000;
const ROWS_AT_FIRST = 50;
const WANTED_BYTES = 8_000_000;
/** A fetch that gives more is broken off: this process holds what it gives. */
const MOST_BYTES = 64_000_000;
const LOOK_EVERY_MS = 20;
/** A server that answers nothing at all, not even that the time is over, is given up this much later. */
const SILENCE_MS = 10_000;
const LONGEST_TIMEOUT_MS = 2_147_483_647 - SILENCE_MS;

/**
 * Declares a cursor for the query in a read-only transaction of a connection of its own, and reads its columns; no row is
 * fetched before it is asked for. Values are Postgres's own text (of a boolean `t` or `f`), or null.
 * `name` is what messages call it. @throws {AudienceError}
 */
export async function openSqlAudience(query: string, name: string, means: SqlMeans): Promise<AudienceSource> {
  const timeoutMs = Math.min(Math.ceil(means.statementTimeoutMs), LONGEST_TIMEOUT_MS);
  const client = newClient(means.databaseUrl, timeoutMs);
  // The error comes between two statements, so no call can throw it. The next statement fails, and says less.
  let broken: unknown;
  client.on('error', (error) => {
    broken ??= error;
  });
  await client.connect().catch((cause: unknown) => {
    throw connectFault(name, means.databaseUrl, client, cause);
  });

  let running = false;
  let bytes = 0;
  const ask = async (statement: string | QueryConfig): Promise<QueryResult<Row>> => {
    running = true;
    const size = watchSize(client);
    try {
      return await client.query<Row>(statement);
    } catch (error) {
      if (size.isTooMuch()) throw tooMuch(name);
      throw queryFault(name, means, { query, offset: DECLARE.length }, broken ?? error);
    } finally {
      bytes = size.end();
      running = false;
    }
  };

  let pid: string | null | undefined;
  let ending: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    // Postgres would notice that the client is gone only when it has a row to send.
    if (running && pid) await cancel(means.databaseUrl, pid).catch(() => {});
    await client.end();
  };
  const close = (): Promise<void> => {
    ending ??= end();
    return ending;
  };

  try {
    // We may keep it waiting between two fetches, for as long as our buffer is full.
    await ask(
      `BEGIN READ ONLY; SET LOCAL statement_timeout = ${timeoutMs}; SET LOCAL idle_in_transaction_session_timeout = 0`,
    );
    pid = (await ask('SELECT pg_backend_pid() AS pid')).rows[0]?.pid;
    await ask(oneStatement(DECLARE + query));
    const columns = (await ask(`FETCH 0 FROM ${CURSOR}`)).fields.map((field) => field.name);
    if (new Set(columns).size < columns.length) throw doubledColumns(name, columns);
    return { columns, rows: fetchAll(ask, () => bytes), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** @param latestBytes how large the latest answer was. */
async function* fetchAll(
  ask: (statement: string) => Promise<QueryResult<Row>>,
  latestBytes: () => number,
): AsyncGenerator<Row, void> {
  for (let count = ROWS_AT_FIRST; ; ) {
    const { rows } = await ask(`FETCH ${count} FROM ${CURSOR}`);
    const bytesEach = Math.max(1, latestBytes() / count);
    yield* rows;
    if (rows.length < count) return;
    count = Math.max(1, Math.min(ROWS_AT_ONCE, Math.floor(WANTED_BYTES / bytesEach)));
  }
}

/** Ends the connection of an answer that is too large, while it comes: it can't be asked for its size beforehand. */
function watchSize(client: Client): { isTooMuch(): boolean; end(): number } {
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  const before = stream.bytesRead;
  const look = () => stream.bytesRead - before;
  let isTooMuch = false;
  const looking = setInterval(() => {
    if (look() <= MOST_BYTES) return;
    isTooMuch = true;
    stream.destroy();
  }, LOOK_EVERY_MS);
  return {
    isTooMuch: () => isTooMuch,
    end() {
      clearInterval(looking);
      return look();
    },
  };
}

function newClient(databaseUrl: string, timeoutMs: number): Client {
  return new Client({
    connectionString: databaseUrl,
    application_name: 'siaran audience',
    connectionTimeoutMillis: 10_000,
    query_timeout: timeoutMs + SILENCE_MS,
    keepAlive: true,
    types: { getTypeParser: () => String },
  });
}

/** By the extended protocol, which takes a single statement: anything behind a `;` is refused. */
function oneStatement(text: string): QueryConfig {
  const statement: QueryConfig & { queryMode: 'extended' } = { text, queryMode: 'extended' };
  return statement;
}

async function cancel(databaseUrl: string, pid: string): Promise<void> {
  const client = newClient(databaseUrl, 0);
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('SELECT pg_cancel_backend($1)', [pid]);
  } finally {
    await client.end();
  }
}
