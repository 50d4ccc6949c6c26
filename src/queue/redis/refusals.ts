import { isRedisAnswer, isRedisAway, isRedisDiskFull, isRedisFull } from './redis-faults.js';

/** What is written to a log. */
type Log = { debug(fields: object, words: string): void; warn(fields: object, words: string): void };

/** How often a refusal is told again. */
const tellEveryMs = 60_000;

/**
 * Hears of the errors that the commands of queues meet. Those of a Redis that is away, or full, are told elsewhere. But what Redis refuses it
 * would refuse for ever, and everything would stay where it is without a word.
 * @param what could not be done
 */
export function tellRefusals(log: Log, what: string): (error: unknown) => void {
  let toldAt = Number.NEGATIVE_INFINITY;
  return (err) => {
    const now = performance.now();
    const passes = isRedisAway(err) || isRedisFull(err) || isRedisDiskFull(err);
    if (!isRedisAnswer(err) || passes || now - toldAt < tellEveryMs) return log.debug({ err }, what);
    toldAt = now;
    log.warn({ err }, `Redis refuses what queues need, so that nothing goes on: ${what}`);
  };
}
