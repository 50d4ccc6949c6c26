import { setTimeout as sleep } from 'node:timers/promises';
import { isStatementRefused } from './database.js';

type Waiting<Item, Result> = { item: Item; done: (result: Result) => void; failed: (error: unknown) => void };
type Work<Item, Result> = (items: readonly Item[]) => Promise<readonly Result[]>;

/** Which items share a group. */
export type Grouping<Item> = {
  /** What the items of a group may weigh together. One that weighs more is a group of its own. Default 100. */
  most: number;
  /** Default: each weighs 1. */
  weigh(item: Item): number;
  /** Only items of the same kind share a group. Default: all do. */
  kindOf(item: Item): string;
  /** So many groups may be at work at the same time, of which all but one must be full. Default 1. */
  atOnce: number;
  /** How long the next group is waited for while it isn't full. Default: it isn't. */
  gatherMs: number;
  /** Whether an error says that nothing of a group was done. Default: Postgres has refused a statement, and the work is one transaction. */
  isUndone(error: unknown): boolean;
};

/**
 * Does what is asked for at the same time in one go: one group at a time, unless more are full, and what comes meanwhile is the next. If a group fails
 * and nothing of it was done, each of its items is tried alone: what is wrong with one of them is nothing to the others.
 */
export class Together<Item, Result> {
  readonly #work: Work<Item, Result>;
  readonly #grouping: Grouping<Item>;
  #waiting: Waiting<Item, Result>[] = [];
  #atWork = 0;

  /** @param work gives a result for each item, in their order. What it throws is thrown to each of the group that isn't tried alone. */
  constructor(work: Work<Item, Result>, grouping: Partial<Grouping<Item>> = {}) {
    this.#work = work;
    this.#grouping = {
      ...{ most: 100, weigh: () => 1, kindOf: () => '', gatherMs: 0, atOnce: 1, isUndone: isStatementRefused },
      ...grouping,
    };
  }

  do(item: Item): Promise<Result> {
    return new Promise((done, failed) => {
      this.#waiting.push({ item, done, failed });
      if (this.#atWork > 0) return;
      this.#atWork = 1;
      // What came in the same packet is let in first.
      setImmediate(() => void this.#run());
    });
  }

  async #run(): Promise<void> {
    const { gatherMs, atOnce } = this.#grouping;
    while (this.#waiting.length > 0 && (this.#atWork === 1 || this.#next().isFull)) {
      const { group, rest } = this.#next();
      this.#waiting = rest;
      const taken = this.#take(group);
      if (this.#atWork < atOnce && this.#next().isFull) {
        this.#atWork += 1;
        void this.#run();
      }
      await taken;
      // Whoever was answered just now asks for the next one: a group of twice the size costs hardly more. A full one waits for nobody.
      if (gatherMs > 0 && !this.#next().isFull) await sleep(gatherMs);
    }
    this.#atWork -= 1;
  }

  /** The first that waits, and others of its kind, as many as fit. */
  #next(): { group: Waiting<Item, Result>[]; rest: Waiting<Item, Result>[]; isFull: boolean } {
    const { most, weigh, kindOf } = this.#grouping;
    const group: Waiting<Item, Result>[] = [];
    const rest: Waiting<Item, Result>[] = [];
    let [kind, weight, isFull] = ['', 0, false];
    for (const each of this.#waiting) {
      const [itsKind, itsWeight] = [kindOf(each.item), weigh(each.item)];
      if (group.length === 0) kind = itsKind;
      const fits = group.length === 0 || weight + itsWeight <= most;
      if (itsKind === kind && fits) {
        group.push(each);
        weight += itsWeight;
      } else rest.push(each);
      isFull ||= itsKind === kind && (!fits || weight >= most);
    }
    return { group, rest, isFull };
  }

  async #take(group: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.#work(group.map(({ item }) => item));
      if (results.length !== group.length)
        throw new Error(`${group.length} were asked for together, and ${results.length} came back`);
      for (const [at, { done }] of group.entries()) done(results[at] as Result);
    } catch (error) {
      if (group.length > 1 && this.#grouping.isUndone(error)) for (const each of group) await this.#take([each]);
      else for (const { failed } of group) failed(error);
    }
  }
}
