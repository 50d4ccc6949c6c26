import { countOne, findCount } from '../../store/admin-allowances.js';
import { type Database, isPostgresAway } from '../../store/postgres/database.js';

/** More keys than this are not remembered: the oldest is forgotten, so that strangers can't fill the memory. */
const mostKeys = 10_000;

/** How often it was done within a time, and how long it is until the next begins. */
type Taken = { times: number; isTooOften: boolean; waitMs: number };

/** How often each of many may do something within a time that begins with the first. Each process counts for itself. */
export class Allowance {
  readonly #max: number;
  readonly #windowMs: number;
  readonly #counts = new Map<string, { times: number; endsAt: number }>();

  constructor(max: number, windowMs: number) {
    this.#max = max;
    this.#windowMs = windowMs;
  }

  /** Counts one more. */
  take(key: string, now = Date.now()): Taken {
    const known = this.#counts.get(key);
    const count = known && known.endsAt > now ? known : { times: 0, endsAt: now + this.#windowMs };
    count.times += 1;
    // A new time is also a new place among those that are forgotten first.
    if (count !== known) this.#counts.delete(key);
    this.#counts.set(key, count);
    if (this.#counts.size > mostKeys) this.#forgetOldest();
    return { times: count.times, isTooOften: count.times > this.#max, waitMs: count.endsAt - now };
  }

  /** @returns how long it is until one more isn't too many; 0: it is not */
  waitMs(key: string, now = Date.now()): number {
    const known = this.#counts.get(key);
    return known && known.times >= this.#max ? Math.max(0, known.endsAt - now) : 0;
  }

  #forgetOldest(): void {
    const [oldest] = this.#counts.keys();
    if (oldest !== undefined) this.#counts.delete(oldest);
  }
}

/**
 * How often each of many may do something within a time that begins with the first, in all processes together. Whoever does it too
 * often in one process is refused there without asking Postgres. While Postgres is away, each process counts for itself.
 */
export class SharedAllowance {
  readonly #db: Database;
  readonly #what: string;
  readonly #most: { times: number; withinMs: number };
  readonly #here: Allowance;

  /** @param what names it in the ledger */
  constructor(db: Database, what: string, most: { times: number; withinMs: number }) {
    this.#db = db;
    this.#what = what;
    this.#most = most;
    this.#here = new Allowance(most.times, most.withinMs);
  }

  /** Counts one more. */
  async take(who: string): Promise<Taken> {
    const here = this.#here.take(who);
    if (here.isTooOften) return here;
    const everywhere = await orAway(countOne(this.#db, { what: this.#what, who }, this.#most.withinMs));
    return everywhere ? { ...everywhere, isTooOften: everywhere.times > this.#most.times } : here;
  }

  /** @returns how long it is until one more isn't too many; 0: it is not */
  async waitMs(who: string): Promise<number> {
    const here = this.#here.waitMs(who);
    if (here > 0) return here;
    const everywhere = await orAway(findCount(this.#db, { what: this.#what, who }));
    return everywhere && everywhere.times >= this.#most.times ? Math.max(0, everywhere.waitMs) : 0;
  }
}

async function orAway<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isPostgresAway(error)) return undefined;
    throw error;
  }
}
