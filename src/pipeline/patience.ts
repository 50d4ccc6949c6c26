import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../context.js';
import { UnavailableError } from '../errors.js';
import { isRedisAway, isRedisDiskFull, isRedisFull } from '../queue/redis/redis-faults.js';
import { isPostgresAway } from '../store/postgres/database.js';
import { isOutcomeUnclear } from '../store/postgres/statement-errors.js';
import { explainServiceError, serviceErrorOf } from './service-error.js';

/** How long a producer's call waits for a Redis or Postgres that is away, unless its program says otherwise. */
export const producerPatienceMs = 60_000;

/**
 * Repeats an action while Redis or Postgres is away, and logs that once. Only for actions that may be done twice. It waits for a full
 * Redis without end: workers drain it, and none of the rows in it may be given up.
 * @throws {UnavailableError} after `limitMs`, or when this program closes; other errors at once.
 */
export async function patiently<T>(
  ctx: Context,
  action: () => Promise<T>,
  limitMs = ctx.config.patienceMs ?? producerPatienceMs,
): Promise<T> {
  let awayMs = 0;
  for (let waitMs = 100; ; waitMs = Math.min(2 * waitMs, 2_000)) {
    const begun = performance.now();
    try {
      return await action();
    } catch (error) {
      const outage = outageOf(error);
      if (outage === undefined) throw error;
      // What stays silent takes its time to fail, which counts as well.
      if (outage.passing) awayMs += performance.now() - begun + waitMs;
      if (awayMs > limitMs && outage.service === 'Redis')
        throw (await explainServiceError(error, ctx.config)) ?? new UnavailableError('Redis', error);
      if (awayMs > limitMs || ctx.closing.aborted)
        throw serviceErrorOf(error, ctx.config) ?? new UnavailableError(outage.service, error);
      if (waitMs === 100) ctx.logger.warn(outage.message);
      await waitUnlessClosing(ctx, waitMs);
    }
  }
}

/** What is known of the tries to do something that must not be done twice. */
export class Tries {
  failed = 0;
  /** Whether Postgres may have committed one of them, and nobody heard of it. */
  isUnclear = false;

  async note<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      this.failed += 1;
      this.isUnclear ||= isOutcomeUnclear(error);
      throw error;
    }
  }

  /** Postgres has inserted it just now, so that no try before has. */
  noteInserted(): void {
    this.isUnclear = false;
  }
}

/** Waits, but not beyond the closing of this program. */
export async function waitUnlessClosing(ctx: Context, ms: number): Promise<void> {
  await sleep(ms, undefined, { signal: ctx.closing }).catch(() => {});
}

const memoryFull = 'Redis is full; waiting for workers to drain it';
const diskFull = "Redis can't write its file; waiting until its disk has room";

type Outage = { service: 'Redis' | 'Postgres'; passing: boolean; message: string };

function outageOf(error: unknown): Outage | undefined {
  if (isRedisFull(error))
    return { service: 'Redis', passing: false, message: isRedisDiskFull(error) ? diskFull : memoryFull };
  if (isPostgresAway(error)) return { service: 'Postgres', passing: true, message: 'Postgres is away; waiting for it' };
  if (isRedisAway(error)) return { service: 'Redis', passing: true, message: 'Redis is away; waiting for it' };
  return undefined;
}
