import { EventEmitter } from 'node:events';
import pg from 'pg';
import { UsageError } from '../../errors.js';
import { settingNames } from './deadlines.js';
import type { OwnPool } from './own-pool.js';
import { isPreparationLost, isRefusal } from './statement-errors.js';

type Done = (error?: Error) => void;
/** The members of pg's client that its pool and `Deadlines` use beyond its types. */
type Inner = Omit<pg.PoolClient, 'connection'> & {
  connection?: { stream?: unknown };
  _queryable?: boolean;
  _ending?: boolean;
};

/** What is known of a pool that belongs to the program. */
type Lender = {
  readonly pool: OwnPool;
  /** Its connections that Siaran has had, each with the name of the statement that was prepared there last. */
  readonly known: WeakMap<object, string>;
  /** Whether what is prepared on a connection is still there when Siaran gets it again: not, if the program discards it. */
  keepsStatements: boolean;
};

/**
 * For a pool of ours whose clients serve once: each has a connection of the program's own pool between `connect` and `end`. What its session
 * was set to is set again before it goes back, as the program's own statements run on it next.
 */
export function borrowingFrom(pool: OwnPool): new () => pg.Client {
  const lender: Lender = { pool, known: new WeakMap(), keepsStatements: true };
  class Borrowing extends BorrowedClient {
    constructor() {
      super(lender);
    }
  }
  return Borrowing as unknown as new () => pg.Client;
}

/** Whether Siaran has had this connection before. */
export function isKnownConnection(client: pg.ClientBase): boolean {
  return client instanceof BorrowedClient && client.isKnown;
}

class BorrowedClient extends EventEmitter {
  readonly #lender: Lender;
  isKnown = false;
  #inner: Inner | undefined;
  #settings: readonly string[] = [];
  #prepared = '';
  #broken: Error | undefined;
  #givingBack: Promise<void> | undefined;
  #giveUp: Done = () => {};

  constructor(lender: Lender) {
    super();
    this.#lender = lender;
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

  async query(asked: string | pg.QueryConfig): Promise<pg.QueryResult> {
    const { keepsStatements } = this.#lender;
    const name = keepsStatements && typeof asked === 'object' ? (asked.name ?? '') : '';
    try {
      const answer = await (this.#inner as Inner).query(typeof asked === 'object' ? { ...asked, name } : asked);
      if (name !== '') this.#prepared = name;
      return answer;
    } catch (error) {
      if (!isRefusal(error) || isPreparationLost(error)) this.#broken = error as Error;
      throw error;
    }
  }

  end(done: Done = () => {}): void {
    this.#giveUp(new Error('timeout exceeded when trying to connect'));
    void this.#giveBack().then(() => done());
  }

  async #borrow(isAwaited: () => boolean): Promise<void> {
    for (;;) {
      const inner = (await this.#lender.pool.connect()) as unknown as Inner;
      if (!isAwaited()) return inner.release();
      if (!inner.connection?.stream) {
        inner.release();
        throw new UsageError(
          'pool must be a pool of pg in JavaScript: pg-native gives no way to break a connection off.',
        );
      }
      if (await this.#take(inner)) return;
    }
  }

  /** `false`: the program has given it back in the middle of a transaction, which is rolled back: nobody would commit what is done on it. */
  async #take(inner: Inner): Promise<boolean> {
    const { known } = this.#lender;
    this.#inner = inner;
    this.isKnown = known.has(inner);
    this.#prepared = known.get(inner) ?? '';
    for (const [event, listener] of this.#listeners) inner.on(event, listener);
    try {
      const session = await readSession(inner, this.#prepared);
      if (!session.isInTransaction) {
        this.#settings = session.settings;
        if (!session.isPrepared) this.#lender.keepsStatements = false;
        return true;
      }
    } catch (error) {
      this.#broken = error as Error;
      await this.#giveBack();
      if (!isOfFailedTransaction(error)) throw error;
    }
    this.#broken = new Error('the connection was in a transaction');
    await this.#giveBack();
    this.#broken = undefined;
    process.emitWarning(
      'A connection of the pool that Siaran was given was in the middle of a transaction, and is closed: end each transaction before you release its connection.',
    );
    return false;
  }

  /** Once, whoever asks for it meanwhile: `connect` as it fails, and the pool as it gives up waiting. */
  #giveBack(): Promise<void> {
    this.#givingBack ??= this.#return().finally(() => {
      this.#givingBack = undefined;
    });
    return this.#givingBack;
  }

  async #return(): Promise<void> {
    const inner = this.#inner;
    if (!inner) return;
    // What is broken is of no use to the program either.
    if (!this.#broken && inner._queryable !== false && !inner._ending) await this.#restore();
    this.#inner = undefined;
    this.#lender.known.set(inner, this.#prepared);
    for (const [event, listener] of this.#listeners) inner.off(event, listener);
    inner.release(this.#broken);
    this.emit('end');
  }

  async #restore(): Promise<void> {
    const settings = settingNames.map(
      (name, at) => `set_config('${name}', ${pg.escapeLiteral(this.#settings[at] ?? '')}, false)`,
    );
    try {
      const { rows } = await this.query(`SELECT ${isInTransaction}, ${settings.join(', ')}`);
      if ((rows[0] as Session | undefined)?.isInTransaction) this.#broken = new Error('a transaction was left open');
    } catch (error) {
      this.#broken = error as Error;
    }
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

/** In a statement without values and outside of a transaction the two are the same. */
const isInTransaction = 'now() <> statement_timestamp() AS "isInTransaction"';

type Session = { isInTransaction: boolean; isPrepared: boolean; settings: string[] };

/** @param prepared the name of a statement that should be prepared there */
async function readSession(inner: Inner, prepared: string): Promise<Session> {
  const settings = settingNames.map((name) => `current_setting('${name}')`).join(', ');
  const isPrepared = `${pg.escapeLiteral(prepared)} IN (SELECT '' UNION ALL SELECT name FROM pg_prepared_statements) AS "isPrepared"`;
  const { rows } = await inner.query<Session>(
    `SELECT ${isInTransaction}, ${isPrepared}, ARRAY[${settings}] AS settings`,
  );
  return rows[0] as Session;
}

function isOfFailedTransaction(error: unknown): boolean {
  return (error as { code?: unknown }).code === '25P02';
}
