import { createHash } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { errorChain } from '../errors.js';
import { type Prisma, PrismaClient } from '../generated/prisma/client.js';
import { Deadlines, serverDeadlines } from './deadlines.js';

/** The ledger. `Sql` is what a store function needs of it: the client itself, or one transaction of it. */
export type Database = PrismaClient;
export type Sql = Prisma.TransactionClient;
export type Json = Prisma.InputJsonValue;

export type DatabaseOptions = {
  connections: number;
  /** How long Postgres may take to answer one statement; then its connection is broken off, and the statement failed as when Postgres is away. */
  statementTimeoutMs: number;
  /** Hears of every connection that is made. */
  onConnect?: () => void;
  /** When it is aborted, connections that don't close by themselves within `closingMs` are broken off. */
  closing?: AbortSignal;
  closingMs?: number;
};

export function openDatabase(url: string, options: DatabaseOptions): Database {
  const { connections, statementTimeoutMs, onConnect = () => {}, closing, closingMs = 3_000 } = options;
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    // Then every second, ten times. Node has no TCP_USER_TIMEOUT: what is written and not acknowledged is left to the deadline.
    keepAliveInitialDelayMillis: 5_000,
    // What the locks are for: whoever has waited for one sees what was committed meanwhile.
    options: `-c default_transaction_isolation=read\\ committed ${serverDeadlines(statementTimeoutMs)}`,
    // A process that is frozen in a transaction, or whose machine is gone, would keep its locks and everybody else waiting.
    idle_in_transaction_session_timeout: 10_000,
  });
  const deadlines = new Deadlines(statementTimeoutMs);
  pool.on('connect', (client) => {
    deadlines.watch(client);
    onConnect();
  });
  const breakOffSoon = () => setTimeout(() => deadlines.breakOffAll(), closingMs).unref();
  closing?.addEventListener('abort', breakOffSoon, { once: true });
  const adapter = new PrismaPg(pool, { disposeExternalPool: true, statementNameGenerator: nameStatement });
  return new PrismaClient({ adapter, transactionOptions: { maxWait: 10_000, timeout: 60_000 } });
}

/** Postgres's clock: whoever decides what is due goes by the same one. */
export async function currentTime(db: Sql): Promise<Date> {
  const rows = await db.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`;
  return rows[0]?.now ?? new Date();
}

/** Goes on from an instant that Postgres told just now, whatever clock this machine has. */
export function clockFrom(told: Date): () => Date {
  const heardAt = performance.now();
  return () => new Date(told.getTime() + performance.now() - heardAt);
}

/** One text for all numbers: as parameters of their own they would be escaped and read one by one. */
export function arrayText(numbers: readonly (string | number)[]): string {
  return `{${numbers.join(',')}}`;
}

/** A statement with a name is parsed and planned once a connection. */
function nameStatement({ sql, args }: { sql: string; args: unknown[] }): string {
  // Without parameters there is nothing to parse; with many, there may be a statement for every length of a list.
  if (args.length === 0 || args.length > 30) return '';
  const known = statementNames.get(sql);
  if (known) return known;
  const name = `siaran_${createHash('sha256').update(sql).digest('hex').slice(0, 16)}`;
  statementNames.set(sql, name);
  return name;
}

const statementNames = new Map<string, string>();

/** Whether an error says that Postgres couldn't be reached, or not do it now, rather than that the statement was wrong. */
export function isPostgresAway(error: unknown): boolean {
  return away.test(errorChain(error));
}

/** Whether Postgres is there, and doesn't let us in, or isn't trusted: Prisma's names for it, and Postgres's. */
export function isPostgresRefused(error: unknown): boolean {
  return /\b(28000|28P01|3D000|P1000|P1003|P1010|P1011)\b|TlsConnectionError|DatabaseAccessDenied|AuthenticationFailed|DatabaseDoesNotExist/.test(
    errorChain(error),
  );
}

/**
 * Node's connection errors, what Prisma calls them (P1001 and so on), and Postgres's states that pass: classes 08, 53, 57P and
 * 58, dead locks and conflicts (40), time-outs, what pg says of a connection that broke in the middle of a transaction (not
 * queryable), and a server that is read-only because another one is taking over (25006).
 */
const away =
  /\b(40001|40P01|25006|53\d{3}|57014|57P0[45]|25P0[34]|55P03|58\d{3})\b|\bP20(34|37)\b|TooManyConnections|TransactionWriteConflict|ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN|\b57P0[1-3]\b|\b08\d{3}\b|\bP1(001|002|008|017)\b|\bP20(24|28)\b|DatabaseNotReachable|ConnectionClosed|SocketTimeout|terminat(ed|ing)|not queryable|not reachable|timeout exceeded when trying to connect/i;
