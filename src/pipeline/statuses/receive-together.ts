import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../../context.js';
import type { HeardStatus } from '../../domain/statuses/callback.js';
import { isPostgresAway } from '../../store/database.js';
import { type CallbackCounts, receiveStatuses, type Told } from './receive-callback.js';

/** So many are written in one transaction: with more, those that come meanwhile would wait long. */
const statusesATime = 1_000;

const gatherMs = 2;

/** Part of a callback, and whoever waits for it to be in Postgres. */
type Waiting = Told & {
  account: string;
  taken(counts: CallbackCounts): void;
  failed(error: unknown): void;
};

/**
 * Takes callbacks that come at the same time in one transaction: one at a time, and what comes meanwhile is the next. Each is
 * answered once its statuses are in Postgres. A callback that can't be written fails alone.
 */
export class CallbackGroups {
  readonly #ctx: Context;
  #waiting: Waiting[] = [];
  #isAtWork = false;

  constructor(ctx: Context) {
    this.#ctx = ctx;
  }

  /** @param besides what it tells of who is who, and of who wants messages */
  async receive(
    account: string,
    statuses: readonly HeardStatus[],
    { pairs = [], wishes = [] }: Partial<Pick<Told, 'pairs' | 'wishes'>> = {},
  ): Promise<CallbackCounts> {
    const sum: CallbackCounts = { updated: 0, ignored: 0, unknown: 0 };
    if (pairs.length + wishes.length > 0) await this.#wait({ account, statuses: [], pairs, wishes });
    // One part after the other: a callback of thousands lets others in between.
    for (let from = 0; from < statuses.length; from += statusesATime) {
      const counts = await this.#wait({
        account,
        statuses: statuses.slice(from, from + statusesATime),
        pairs: [],
        wishes: [],
      });
      for (const name of ['updated', 'ignored', 'unknown'] as const) sum[name] += counts[name];
    }
    return sum;
  }

  #wait(told: Told & { account: string }): Promise<CallbackCounts> {
    return new Promise((taken, failed) => {
      this.#waiting.push({ ...told, taken, failed });
      if (this.#isAtWork) return;
      this.#isAtWork = true;
      // What came with it is in the same packet of work, and is let in first.
      setImmediate(() => void this.#work());
    });
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#take(this.#nextGroup());
      // Whoever was answered just now sends the next one: a group of twice the size costs hardly more. A full one waits for nobody.
      if (!this.#hasFullGroup()) await sleep(gatherMs);
    }
    this.#isAtWork = false;
  }

  #hasFullGroup(): boolean {
    let size = 0;
    return this.#waiting.some(({ account, statuses }) => {
      if (account === this.#waiting[0]?.account) size += statuses.length;
      return size >= statusesATime;
    });
  }

  /** The first that waits, and others of its account, as many as fit. */
  #nextGroup(): Waiting[] {
    const account = this.#waiting[0]?.account;
    const group: Waiting[] = [];
    let size = 0;
    this.#waiting = this.#waiting.filter((each) => {
      const fits = each.account === account && (size === 0 || size + each.statuses.length <= statusesATime);
      if (fits) {
        size += each.statuses.length;
        group.push(each);
      }
      return !fits;
    });
    return group;
  }

  async #take(group: readonly Waiting[]): Promise<void> {
    const account = group[0]?.account ?? '';
    try {
      const counts = await receiveStatuses(this.#ctx, account, group);
      for (const [at, each] of group.entries()) each.taken(counts[at] ?? { updated: 0, ignored: 0, unknown: 0 });
    } catch (error) {
      // What is wrong with one of them is nothing to the others: each is tried alone.
      if (group.length > 1 && !isPostgresAway(error)) for (const each of group) await this.#take([each]);
      else for (const each of group) each.failed(error);
    }
  }
}
