import { AsyncLocalStorage } from 'node:async_hooks';
import type pg from 'pg';

/** How much longer a statement may take that reads or removes a whole run. */
const slowly = 10;

const factor = new AsyncLocalStorage<number>();

/** Gives the statements of this work ten times as long: those that look at a whole run, and that nobody sends by. */
export function withLongDeadlines<T>(work: () => Promise<T>): Promise<T> {
  return factor.run(slowly, work);
}

/**
 * How each session is to be, as one statement: above all what a server does by itself with sessions whose client is gone. As
 * start-up options, a PgBouncer with its own settings would refuse them.
 */
export function sessionSettings(statementTimeoutMs: number): string {
  return Object.entries(settingsOf(statementTimeoutMs))
    .map(([name, value]) => `SET ${name} = ${value}`)
    .join('; ');
}

function settingsOf(statementTimeoutMs: number) {
  return {
    // In which instants are read (`parsers` of statements.ts), whatever the server has.
    timezone: "'UTC'",
    datestyle: "'ISO, YMD'",
    // What the locks are for: a transaction that has waited for one sees what was committed meanwhile.
    default_transaction_isolation: "'read committed'",
    // A process that is frozen in a transaction, or whose machine is gone, would keep its locks and everybody else waiting.
    idle_in_transaction_session_timeout: 10_000,
    statement_timeout: slowly * statementTimeoutMs,
    // The client has given up by then, and would leave a queue of sessions that wait behind each other.
    lock_timeout: statementTimeoutMs,
    // A client that answers nothing is gone after 13 s at most, and so are the locks of its session.
    tcp_keepalives_idle: 5,
    tcp_keepalives_interval: 2,
    tcp_keepalives_count: 4,
    tcp_user_timeout: 13_000,
    // Each statement takes milliseconds. Postgres guesses some to be long ones, and would compile them first for a second.
    jit: 'off',
  };
}

/** What `sessionSettings` sets. */
export const settingNames = Object.keys(settingsOf(0));

/**
 * Breaks off a connection of which a statement isn't answered in time: it may be one that passes no bytes any more, which
 * neither side ever hears of. pg's own `query_timeout` leaves the connection busy, and the pool would give it out again.
 */
export class Deadlines {
  readonly #statementTimeoutMs: number;
  readonly #open = new Set<pg.ClientBase>();

  constructor(statementTimeoutMs: number) {
    this.#statementTimeoutMs = statementTimeoutMs;
  }

  watch(client: pg.ClientBase): void {
    let timer: NodeJS.Timeout | undefined;
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    const bounded = (...args: unknown[]) => {
      const limitMs = this.#statementTimeoutMs * (factor.getStore() ?? 1);
      clearTimeout(timer);
      timer = setTimeout(() => breakOff(client, `Postgres did not answer within ${limitMs} ms`), limitMs);
      return query(...args);
    };
    client.query = bounded as typeof client.query;
    this.#open.add(client);
    client.on('drain', () => clearTimeout(timer));
    client.on('end', () => {
      clearTimeout(timer);
      this.#open.delete(client);
    });
  }

  /** Breaks off what is still open: a connection that is silent would keep the program from ending. */
  breakOffAll(): void {
    for (const client of this.#open) breakOff(client, 'the connection was closed');
  }
}

/** Closes a connection, by force if its server doesn't take leave in time. */
export async function endWithin(client: pg.Client, limitMs: number): Promise<void> {
  const timer = setTimeout(() => breakOff(client, 'the connection did not close'), limitMs);
  try {
    await client.end();
  } finally {
    clearTimeout(timer);
  }
}

/** The socket tells pg, which fails what was asked and gives the connection to nobody any more. */
function breakOff(client: pg.ClientBase, message: string): void {
  const { stream } = (client as unknown as { connection: { stream: { destroy(error: Error): void } } }).connection;
  stream.destroy(Object.assign(new Error(message), { code: 'ETIMEDOUT' }));
}
