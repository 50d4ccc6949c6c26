import type { Context } from '../../context.js';
import type { HeardStatus } from '../../domain/statuses/callback.js';
import { isPostgresAway } from '../../store/postgres/database.js';
import { Together } from '../../store/postgres/together.js';
import { type CallbackCounts, receiveStatuses, type Told } from './receive-callback.js';

/** So much is written in one transaction: with more, those that come meanwhile would wait long. */
const statusesATime = 1_000;

const gatherMs = 2;

/** Part of a callback. */
type Part = Told & { account: string };

/**
 * Takes callbacks that come at the same time together. Each is answered once its statuses are in Postgres. A callback that
 * can't be written fails alone.
 */
export class CallbackGroups {
  readonly #parts: Together<Part, CallbackCounts>;

  constructor(ctx: Context) {
    this.#parts = new Together((parts) => receiveStatuses(ctx, parts[0]?.account ?? '', parts), {
      most: statusesATime,
      weigh: ({ statuses, pairs, wishes }) => statuses.length + pairs.length + wishes.length,
      kindOf: ({ account }) => account,
      gatherMs,
      // While Postgres has one of them in hand, another one is read, or is written beside it.
      atOnce: 2,
      // What fails is rolled back, and what is told twice changes nothing.
      isUndone: (error) => !isPostgresAway(error),
    });
  }

  /** @param besides what it tells of who is who, and of who wants messages */
  async receive(
    account: string,
    statuses: readonly HeardStatus[],
    { pairs = [], wishes = [] }: Partial<Pick<Told, 'pairs' | 'wishes'>> = {},
  ): Promise<CallbackCounts> {
    const sum: CallbackCounts = { updated: 0, ignored: 0, unknown: 0 };
    if (pairs.length + wishes.length > 0) await this.#parts.do({ account, statuses: [], pairs, wishes });
    // One part after the other: a callback of thousands lets others in between.
    for (let from = 0; from < statuses.length; from += statusesATime) {
      const part = { account, statuses: statuses.slice(from, from + statusesATime), pairs: [], wishes: [] };
      const counts = await this.#parts.do(part);
      for (const name of ['updated', 'ignored', 'unknown'] as const) sum[name] += counts[name];
    }
    return sum;
  }
}
