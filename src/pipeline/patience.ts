import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../context.js';
import { UnavailableError } from '../errors.js';
import { isRedisAway } from '../queue/connection.js';
import { isPostgresAway } from '../store/database.js';

/** How long a producer's call bears with a Redis or Postgres that is away. */
export const producerPatienceMs = 60_000;

/**
 * Does an action again while Redis or Postgres is away, and says so once. Only for what may be done twice.
 * @throws {UnavailableError} after `limitMs`; other errors at once.
 */
export async function patiently<T>(ctx: Context, action: () => Promise<T>, limitMs = producerPatienceMs): Promise<T> {
  const started = Date.now();
  for (let waitMs = 100; ; waitMs = Math.min(2 * waitMs, 2_000)) {
    try {
      return await action();
    } catch (error) {
      const service = isPostgresAway(error) ? 'Postgres' : isRedisAway(error) ? 'Redis' : undefined;
      if (service === undefined) throw error;
      if (Date.now() - started >= limitMs) throw new UnavailableError(service, error);
      if (waitMs === 100) ctx.logger.warn({ err: error }, `${service} is away; waiting for it`);
      await sleep(waitMs);
    }
  }
}
