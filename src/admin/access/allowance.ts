/** More keys than this are not remembered: the oldest is forgotten, so that strangers can't fill the memory. */
const mostKeys = 10_000;

/** How often each of many may do something within a time that begins with the first. Each process counts for itself. */
export class Allowance {
  readonly #max: number;
  readonly #windowMs: number;
  readonly #counts = new Map<string, { times: number; endsAt: number }>();

  constructor(max: number, windowMs: number) {
    this.#max = max;
    this.#windowMs = windowMs;
  }

  /** Counts one more. @returns how many there were within this time, and how long it is until the next begins */
  take(key: string, now = Date.now()): { times: number; isTooOften: boolean; waitMs: number } {
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
