import pg from 'pg';
import { borrowingFrom, isKnownConnection } from './borrowed-client.js';
import { Deadlines, sessionSettings } from './deadlines.js';
import { codesOf, wordsWithoutCode } from './error-codes.js';
import type { OwnPool } from './own-pool.js';
import type { Sql } from './sql.js';
import { statementsOf, transactOn } from './statements.js';

/** The ledger. */
export type Database = Sql & {
  /** It is rolled back if `work` throws. What takes longer than a minute is broken off. */
  $transaction<T>(work: (tx: Sql) => Promise<T>): Promise<T>;
  $disconnect(): Promise<void>;
};

type DatabaseOptions = {
  connections: number;
  /** How long Postgres may take to answer one statement; then its connection is broken off, and the statement failed as when Postgres is away. */
  statementTimeoutMs: number;
  /** Hears of every connection that is made. */
  onConnect?: () => void;
  /** When it is aborted, connections that don't close by themselves within `closingMs` are broken off. */
  closing?: AbortSignal;
  closingMs?: number;
};

/** @param source an address, or the pool of a program, whose connections are taken one by one and given back. */
export function openDatabase(source: string | OwnPool, options: DatabaseOptions): Database {
  const { connections, statementTimeoutMs, onConnect = () => {}, closing, closingMs = 3_000 } = options;
  const deadlines = new Deadlines(statementTimeoutMs);
  const pool = new pg.Pool({
    ...(typeof source === 'string' ? { connectionString: source } : { Client: borrowingFrom(source), maxUses: 1 }),
    max: connections,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    // Then every second, ten times. Node has no TCP_USER_TIMEOUT: what is written and not acknowledged is left to the deadline.
    keepAliveInitialDelayMillis: 5_000,
    // pg's pool waits for it, which its types don't say.
    // eslint-disable-next-line @typescript-eslint/no-misused-promises
    async onConnect(client) {
      deadlines.watch(client);
      if (!isKnownConnection(client)) onConnect();
      await client.query(sessionSettings(statementTimeoutMs));
    },
  });
  const breakOffSoon = () => setTimeout(() => deadlines.breakOffAll(), closingMs).unref();
  closing?.addEventListener('abort', breakOffSoon, { once: true });
  // An idle connection that breaks is out of the pool by then; without a listener the process would end.
  pool.on('error', () => {});
  return {
    ...statementsOf(pool),
    $transaction: (work) => transactOn(pool, work),
    async $disconnect() {
      if (!pool.ending) await pool.end();
    },
  };
}

/** Postgres's clock: every process decides by the same one what is due. */
export async function currentTime(db: Sql): Promise<Date> {
  const rows = await db.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`;
  return rows[0]?.now ?? new Date();
}

/** Goes on from an instant that Postgres told just now, whatever clock this machine has. */
export function clockFrom(told: Date): () => Date {
  const heardAt = performance.now();
  return () => new Date(told.getTime() + performance.now() - heardAt);
}

/** The oid of `bigint`, and how many bytes stand in an array before its numbers. */
const [int8Oid, arrayHeadBytes] = [20, 20];

/** As `arrayText`, in the bytes that Postgres has itself: phone numbers and digests, which stand in a `bigint[]`. */
export function int8Array(numbers: readonly string[]): Buffer {
  const array = Buffer.allocUnsafe(arrayHeadBytes + 12 * numbers.length);
  // Dimensions, no nulls, what it has, how many, and the number of the first.
  for (const [at, value] of [1, 0, int8Oid, numbers.length, 1].entries()) array.writeInt32BE(value, 4 * at);
  let at = arrayHeadBytes;
  for (const number of numbers) {
    if (!/^-?\d{1,19}$/.test(number)) throw new Error('an array of bigint takes whole numbers only');
    array.writeInt32BE(8, at);
    // Up to 15 digits are exact as they are; a digest has more.
    if (number.length > 15 || number.startsWith('-')) array.writeBigInt64BE(BigInt(number), at + 4);
    else {
      const value = Number(number);
      array.writeInt32BE(Math.floor(value / 2 ** 32), at + 4);
      array.writeUInt32BE(value >>> 0, at + 8);
    }
    at += 12;
  }
  return array;
}

/** One text for all numbers: as parameters of their own they would be escaped and read one by one. */
export function arrayText(numbers: readonly (string | number)[]): string {
  return `{${numbers.join(',')}}`;
}

/** Whether an error says that Postgres couldn't be reached, or not do it now, rather than that the statement was wrong. */
export function isPostgresAway(error: unknown): boolean {
  return (
    [...codesOf(error)].some((code) => away.test(code)) || wordsWithoutCode(error).some((words) => broken.has(words))
  );
}

/** Whether Postgres gave no answer in time, rather than that nobody was there. */
export function isPostgresSilent(error: unknown): boolean {
  return codesOf(error).has('ETIMEDOUT') || wordsWithoutCode(error).some((words) => silent.has(words));
}

/**
 * Whether Postgres itself has answered that a statement is wrong: then it has done nothing of it, nor of its transaction, and would
 * answer so again.
 */
export function isStatementRefused(error: unknown): boolean {
  // By what the protocol tells of an error: a program's own pool has classes of its own.
  const { severity, code } = error as { severity?: unknown; code?: unknown };
  const isAnswer = error instanceof Error && typeof severity === 'string' && /^[\dA-Z]{5}$/.test(String(code));
  return isAnswer && !endsSession.has(severity) && !isPostgresAway(error);
}

/** With these a server, or a pooler that has lost its own, ends a session: what became of a commit isn't known then. */
const endsSession: ReadonlySet<string> = new Set(['FATAL', 'PANIC']);

/** Whether Postgres is there, and doesn't let us in, or isn't trusted: Postgres's names for it, and those of a program's own Prisma. */
export function isPostgresRefused(error: unknown): boolean {
  return [...codesOf(error)].some((code) => refused.test(code));
}

/**
 * Node's connection errors, what a program's own Prisma calls them (P1001 and so on), and Postgres's states that pass: classes 08, 53, 57P and
 * 58, dead locks and conflicts (40), time-outs, a server that is read-only because another one is taking over (25006), and a session that has
 * lost what was prepared there (26000): the next one has it.
 */
const away = new RegExp(
  `^(${[
    'ECONN[A-Z]+|EPIPE|ETIMEDOUT|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|ENOTFOUND|EAI_AGAIN',
    'P1001|P1002|P1008|P1017|P2024|P2028|P2034|P2037',
    'DatabaseNotReachable|ConnectionClosed|SocketTimeout|TooManyConnections|TransactionWriteConflict',
    '08\\d{3}|53\\d{3}|57014|57P0[1-5]|58\\d{3}|40001|40P01|25006|25P03|25P04|26000|55P03',
  ].join('|')})$`,
);

const refused =
  /^(28000|28P01|3D000|P1000|P1003|P1010|P1011|TlsConnectionError|DatabaseAccessDenied|AuthenticationFailed|DatabaseDoesNotExist)$/;

/** What pg says, word for word, of an answer that didn't come in time: it gives these no code. */
const silent: ReadonlySet<string> = new Set([
  'Connection terminated due to connection timeout',
  // A program's own pool may have such a deadline.
  'Query read timeout',
  'timeout exceeded when trying to connect',
]);

/** The same of a connection that broke or didn't come about. */
const broken: ReadonlySet<string> = new Set([
  ...silent,
  'Connection terminated',
  'Connection terminated unexpectedly',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
  'Cannot use a pool after calling end on the pool',
]);
