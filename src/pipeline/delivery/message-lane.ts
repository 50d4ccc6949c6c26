import type { Context } from '../../context.js';

/** Messages that one worker process delivers at the same time, for each batch that it does: their requests are as small. */
const messagesForEachBatch = 4;

type Waiting = { batchId: string; waiter: string | undefined; through: () => void };

/**
 * An account's single messages in one process. So many are delivered at the same time, and no others have begun: what a worker that
 * dies leaves unknown is no more than that. The others stand in line, those that a program waits for before those of runs.
 */
export class MessageLane {
  readonly #deliver: (batchId: string, waiter: string | undefined) => Promise<unknown>;
  readonly #log: Context['logger'];
  readonly #places: number;
  readonly #atWork = new Map<string, Promise<void>>();
  #awaited: Waiting[] = [];
  #others: Waiting[] = [];
  /** Who waits for room in the line of those that are waited for. */
  #atTheDoor: (() => void)[] = [];
  #isClosed = false;

  constructor(
    deliver: (batchId: string, waiter: string | undefined) => Promise<unknown>,
    { concurrency, logger }: { concurrency: number; logger: Context['logger'] },
  ) {
    this.#deliver = deliver;
    this.#log = logger;
    this.#places = messagesForEachBatch * concurrency;
  }

  /** Delivers messages of a run. Resolves when it is through with each. */
  async deliver(batchIds: readonly string[]): Promise<void> {
    const through = batchIds.map(
      (batchId) => new Promise<void>((resolve) => this.#others.push({ batchId, waiter: undefined, through: resolve })),
    );
    this.#begin();
    await Promise.all(through);
  }

  /** Delivers a message that a program waits for. Resolves as soon as there is room for another one. */
  async deliverFirst(batchId: string, waiter: string): Promise<void> {
    this.#awaited.push({ batchId, waiter, through: () => {} });
    this.#begin();
    if (this.#awaited.length >= this.#places) await new Promise<void>((resolve) => this.#atTheDoor.push(resolve));
  }

  /** Begins nothing any more, and waits for what has begun. Who stood in line waits in the ledger. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { through } of [...this.#awaited.splice(0), ...this.#others.splice(0)]) through();
    for (const enter of this.#atTheDoor.splice(0)) enter();
    await Promise.all(this.#atWork.values());
  }

  /** Several at a time where several wait, as those that begin together share their statements. */
  #begin(): void {
    const waiting = this.#awaited.length + this.#others.length;
    const free = this.#places - this.#atWork.size;
    if (free < Math.min(waiting, this.#places / 2)) return;
    for (let left = free; left > 0; left -= 1) {
      const next = this.#awaited.shift() ?? this.#others.shift();
      if (!next) break;
      this.#work(next);
    }
    if (this.#awaited.length < this.#places) for (const enter of this.#atTheDoor.splice(0)) enter();
  }

  #work({ batchId, waiter, through }: Waiting): void {
    // It was hinted at twice.
    if (this.#isClosed || this.#atWork.has(batchId)) {
      through();
      return;
    }
    const work = this.#deliver(batchId, waiter)
      .catch((err) => this.#log.error({ err, batchId }, 'step failed'))
      .then(() => {
        this.#atWork.delete(batchId);
        through();
        this.#begin();
      });
    this.#atWork.set(batchId, work);
  }
}
