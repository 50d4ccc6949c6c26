import { EventEmitter } from 'node:events';
import type pg from 'pg';
import { UsageError } from '../../errors.js';
import { settingNames } from './deadlines.js';
import type { OwnPool } from './own-pool.js';

type Done = (error?: Error) => void;
/** The members of pg's client that its pool and `Deadlines` use beyond its types. */
type Inner = Omit<pg.PoolClient, 'connection'> & {
  connection?: { stream?: unknown };
  _queryable?: boolean;
  _ending?: boolean;
};

/**
 * For a pool of ours whose clients serve once: each has a connection of the program's own pool between `connect` and `end`. What its session
 * was set to is set again before it goes back, as the program's own statements run on it next.
 */
export function borrowingFrom(pool: OwnPool): new () => pg.Client {
  const known = new WeakSet<object>();
  class Borrowing extends BorrowedClient {
    constructor() {
      super(pool, known);
    }
  }
  return Borrowing as unknown as new () => pg.Client;
}

/** Whether Siaran has had this connection before. */
export function isKnownConnection(client: pg.ClientBase): boolean {
  return client instanceof BorrowedClient && client.isKnown;
}

class BorrowedClient extends EventEmitter {
  readonly #pool: OwnPool;
  readonly #known: WeakSet<object>;
  isKnown = false;
  #inner: Inner | undefined;
  #settings: unknown[] = [];
  #broken: Error | undefined;
  #giveUp: Done = () => {};

  constructor(pool: OwnPool, known: WeakSet<object>) {
    super();
    this.#pool = pool;
    this.#known = known;
  }

  /** Where a deadline, or the pool, breaks off what doesn't answer. */
  get connection(): { stream?: unknown } | undefined {
    return this.#inner?.connection;
  }

  isConnected(): boolean {
    return this.#inner !== undefined;
  }

  connect(done: Done): void {
    let isWaiting = true;
    const settle = (error?: Error) => {
      if (isWaiting) done(error);
      isWaiting = false;
    };
    this.#giveUp = settle;
    this.#borrow(() => isWaiting).then(() => settle(), settle);
  }

  query(...args: unknown[]): unknown {
    return (this.#inner as unknown as { query(...given: unknown[]): unknown }).query(...args);
  }

  end(done: Done = () => {}): void {
    this.#giveUp(new Error('timeout exceeded when trying to connect'));
    void this.#giveBack().then(() => done());
  }

  async #borrow(isAwaited: () => boolean): Promise<void> {
    const inner = (await this.#pool.connect()) as unknown as Inner;
    if (!isAwaited()) return inner.release();
    if (!inner.connection?.stream) {
      inner.release();
      throw new UsageError(
        'pool must be a pool of pg in JavaScript: pg-native gives no way to break a connection off.',
      );
    }
    this.#inner = inner;
    this.isKnown = this.#known.has(inner);
    this.#known.add(inner);
    for (const [event, listener] of this.#listeners) inner.on(event, listener);
    try {
      const asked = settingNames.map((name) => `current_setting('${name}') AS ${name}`).join(', ');
      const { rows } = await inner.query<Record<string, string>>(`SELECT ${asked}`);
      this.#settings = settingNames.map((name) => rows[0]?.[name]);
    } catch (error) {
      this.#broken = error as Error;
      await this.#giveBack();
      throw error;
    }
  }

  async #giveBack(): Promise<void> {
    const inner = this.#inner;
    if (!inner) return;
    // What is broken is of no use to the program either.
    if (!this.#broken && inner._queryable !== false && !inner._ending)
      await (this.query(restoring, [settingNames, this.#settings]) as Promise<unknown>).catch((error: Error) => {
        this.#broken = error;
      });
    this.#inner = undefined;
    for (const [event, listener] of this.#listeners) inner.off(event, listener);
    inner.release(this.#broken);
    this.emit('end');
  }

  readonly #listeners = [
    [
      'error',
      (error: Error) => {
        this.#broken = error;
        // Without a listener it would end the process.
        if (this.listenerCount('error') > 0) this.emit('error', error);
      },
    ],
    ['drain', () => this.emit('drain')],
    ['end', () => this.emit('end')],
  ] as [event: 'error', listener: (error: Error) => void][];
}

const restoring = 'SELECT set_config(name, value, false) FROM unnest($1::text[], $2::text[]) AS before (name, value)';
