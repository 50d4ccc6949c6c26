/** Lets so many things be under way at the same time, and no more. The first that fails makes the next step throw. */
export class InFlight {
  readonly #most: number;
  readonly #running = new Set<Promise<unknown>>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Resolves when there is room for another one. */
  async add(work: Promise<unknown>): Promise<void> {
    const tracked: Promise<unknown> = work.then(() => this.#running.delete(tracked));
    tracked.catch(() => {});
    this.#running.add(tracked);
    if (this.#running.size >= this.#most) await Promise.race(this.#running);
  }

  async done(): Promise<void> {
    await Promise.all(this.#running);
  }
}

/** Cuts a stream into arrays of a size; the last one is what is left. */
export function* chunksOf<T>(items: Iterable<T>, size: number): Generator<T[]> {
  let chunk: T[] = [];
  for (const item of items) {
    chunk.push(item);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
