import type { Socket } from 'node:net';
import { Client, type QueryConfig, type QueryResult } from 'pg';
import { formatDuration } from '../domain/timing/duration.js';
import { AudienceError } from '../errors.js';
import { type Asked, connectFault, queryFault, type SqlMeans, tooMuch } from './sql-fault.js';

export type Row = Record<string, string | null>;

export type SqlSession = {
  client: Client;
  /** Within what is left of the time for this audience. @throws {AudienceError} */
  ask(statement: string | QueryConfig): Promise<QueryResult<Row>>;
  /** How large the latest answer was. */
  latestBytes(): number;
  /** Ends it on the server too, whatever is asked just then. May be called again. */
  close(): Promise<void>;
};

/** An answer that is larger is broken off: this process holds what it gives. */
const MOST_BYTES = 64_000_000;
const LOOK_EVERY_MS = 20;
/** Postgres ends a query in time by itself, and says so, unless the query has lifted its limit. */
const GRACE_MS = 1_000;
const CONNECT_MS = 10_000;
/** Ending a session may not take long: the server looks itself whether its client is still there. */
const ENDING_MS = 3_000;
const LONGEST_MS = 2_147_483_647 - GRACE_MS;

/**
 * Opens a connection of its own for one audience, and a read-only transaction in it. The time that all statements take together
 * is limited here, where no query can change that. `asked` is for what messages say of it.
 */
export async function openSqlSession(name: string, means: SqlMeans, asked: Asked): Promise<SqlSession> {
  const { databaseUrl, signal } = means;
  const timeoutMs = Math.min(Math.ceil(means.timeoutMs), LONGEST_MS);
  signal?.throwIfAborted();
  const client = newClient(databaseUrl, CONNECT_MS);
  // The error comes between two statements, so no call can throw it. The next statement fails, and says less.
  let broken: unknown;
  client.on('error', (error) => {
    broken ??= error;
  });

  let leftMs = timeoutMs;
  let [running, overdue] = [false, false];
  let bytes = 0;
  let pid: string | null | undefined;
  let ending: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    signal?.removeEventListener('abort', giveUp);
    // Postgres would notice that the client is gone only seconds later, and not at all if the query has changed that.
    if (running && pid) await terminate(databaseUrl, pid).catch(() => {});
    const hurry = setTimeout(() => socketOf(client).destroy(), ENDING_MS);
    await client.end().finally(() => clearTimeout(hurry));
  };
  const close = (): Promise<void> => {
    ending ??= end();
    return ending;
  };
  const giveUp = (): void => void close().catch(() => {});
  const ask = async (statement: string | QueryConfig): Promise<QueryResult<Row>> => {
    const begunAt = performance.now();
    running = true;
    const size = watchSize(client);
    const deadline = setTimeout(() => {
      overdue = true;
      giveUp();
    }, leftMs + GRACE_MS);
    try {
      return await client.query<Row>(statement);
    } catch (error) {
      if (size.isTooMuch()) throw tooMuch(name);
      if (overdue) throw tookTooLong(name, timeoutMs, error);
      throw queryFault(name, means, asked, broken ?? error);
    } finally {
      clearTimeout(deadline);
      bytes = size.end();
      leftMs = Math.max(0, leftMs - (performance.now() - begunAt));
      running = false;
    }
  };

  signal?.addEventListener('abort', giveUp, { once: true });
  try {
    await client.connect().catch((cause: unknown) => {
      throw connectFault(name, databaseUrl, client, cause);
    });
    // We may keep it waiting between two fetches, for as long as our buffer is full.
    await ask(
      `BEGIN READ ONLY; SET LOCAL statement_timeout = ${timeoutMs}; SET LOCAL idle_in_transaction_session_timeout = 0`,
    );
    pid = (await ask(BEGUN)).rows[0]?.pid;
    signal?.throwIfAborted();
  } catch (error) {
    await close();
    throw error;
  }
  return { client, ask, latestBytes: () => bytes, close };
}

/** Whose process was killed can't end the query: where it knows how, Postgres then looks for its client every few seconds. */
const BEGUN = `SELECT pg_backend_pid() AS pid, (SELECT set_config(name, '3s', true) FROM pg_settings
  WHERE name = 'client_connection_check_interval' AND version() !~* 'windows|mingw|msvc|visual c') AS looks`;

function tookTooLong(name: string, timeoutMs: number, cause: unknown): AudienceError {
  return new AudienceError(
    `The audience ${name} failed: its database took longer than SIARAN_AUDIENCE_TIMEOUT, which is ${formatDuration(timeoutMs)}, for all that it was asked.`,
    { cause },
  );
}

/** Ends the connection of an answer that is too large, while it comes: it can't be asked for its size beforehand. */
function watchSize(client: Client): { isTooMuch(): boolean; end(): number } {
  const stream = socketOf(client);
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

function socketOf(client: Client): Socket {
  return (client as unknown as { connection: { stream: Socket } }).connection.stream;
}

function newClient(databaseUrl: string, connectMs: number): Client {
  return new Client({
    connectionString: databaseUrl,
    application_name: 'siaran audience',
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
    types: { getTypeParser: () => String },
  });
}

/** The session, not its query only: a function may catch that its query is cancelled. A role may end its own sessions. */
async function terminate(databaseUrl: string, pid: string): Promise<void> {
  const client = newClient(databaseUrl, ENDING_MS);
  client.on('error', () => {});
  const hurry = setTimeout(() => socketOf(client).destroy(), ENDING_MS);
  try {
    await client.connect();
    await client.query('SELECT pg_terminate_backend($1)', [pid]);
    await client.end();
  } finally {
    clearTimeout(hurry);
    socketOf(client).destroy();
  }
}
