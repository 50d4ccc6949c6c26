import { NoAnswerError, within } from '../../domain/timing/within.js';
import { isRedisAway } from '../../queue/redis/redis-faults.js';

/** What is read of Redis for somebody who looks waits for it so long. */
const longestMs = 2_000;

/** What was read of Redis; or, if it doesn't answer in time, something else: whoever looks is told the rest. */
export async function unlessRedisIsAway<T>(look: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await within(longestMs, look);
  } catch (error) {
    if (error instanceof NoAnswerError || isRedisAway(error)) return otherwise;
    throw error;
  }
}
