type Waiting<Item, Result> = { item: Item; done: (result: Result) => void; failed: (error: unknown) => void };

/** Does what is asked for at the same time in one go: one group at a time, and what comes meanwhile is the next. */
export class Together<Item, Result> {
  readonly #work: (items: readonly Item[]) => Promise<readonly Result[]>;
  readonly #most: number;
  #waiting: Waiting<Item, Result>[] = [];
  #isAtWork = false;

  /** @param work gives a result for each item, in their order. What it throws is thrown to each of the group. */
  constructor(work: (items: readonly Item[]) => Promise<readonly Result[]>, most = 100) {
    this.#work = work;
    this.#most = most;
  }

  do(item: Item): Promise<Result> {
    return new Promise((done, failed) => {
      this.#waiting.push({ item, done, failed });
      if (this.#isAtWork) return;
      this.#isAtWork = true;
      // What came in the same packet is let in first.
      setImmediate(() => void this.#run());
    });
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, this.#most);
      try {
        const results = await this.#work(group.map(({ item }) => item));
        for (const [at, { done }] of group.entries()) done(results[at] as Result);
      } catch (error) {
        for (const { failed } of group) failed(error);
      }
    }
    this.#isAtWork = false;
  }
}
