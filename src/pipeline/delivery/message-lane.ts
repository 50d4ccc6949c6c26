import type { Context } from '../../context.js';

/** Messages that one worker process delivers at the same time, for each batch that it does: their requests are as small. */
const messagesForEachBatch = 4;

/** So long a place stays free for others to begin with. */
const longestWaitMs = 20;

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
  #late: NodeJS.Timeout | undefined;

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
    if (this.#isClosed) return;
    const through = batchIds.map(
      (batchId) => new Promise<void>((resolve) => this.#others.push({ batchId, waiter: undefined, through: resolve })),
    );
    this.#begin();
    await Promise.all(through);
  }

  /** Delivers a message that a program waits for. Resolves as soon as there is room for another one. */
  async deliverFirst(batchId: string, waiter: string): Promise<void> {
    if (this.#isClosed) return;
    this.#awaited.push({ batchId, waiter, through: () => {} });
    this.#begin();
    if (this.#awaited.length >= this.#places) await new Promise<void>((resolve) => this.#atTheDoor.push(resolve));
  }

  /** Begins nothing any more, and waits for what has begun. Who stood in line waits in the ledger. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#late);
    for (const { through } of [...this.#awaited.splice(0), ...this.#others.splice(0)]) through();
    for (const enter of this.#atTheDoor.splice(0)) enter();
    await Promise.all(this.#atWork.values());
  }

  /**
   * Those that are waited for begin at once. Of the others several begin together, as they share their statements then; but no place stays
   * free for longer than a moment because the requests in the other places are slow.
   */
  #begin(isLate = false): void {
    for (let next: Waiting | undefined; this.#free > 0; this.#work(next)) {
      next = this.#awaited.shift();
      if (!next) break;
    }
    if (isLate || this.#free >= Math.min(this.#others.length, this.#places / 2))
      for (const next of this.#others.splice(0, this.#free)) this.#work(next);
    else this.#late ??= setTimeout(() => this.#beginLate(), longestWaitMs);
    if (this.#awaited.length < this.#places) for (const enter of this.#atTheDoor.splice(0)) enter();
  }

  #beginLate(): void {
    this.#late = undefined;
    this.#begin(true);
  }

  get #free(): number {
    return this.#places - this.#atWork.size;
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
