import { readNow } from './heartbeats.js';
import type { RedisClient } from './redis/connection.js';

/** At most `max` deliveries in any stretch of `durationMs`. */
type Rate = Readonly<{ max: number; durationMs: number }>;

/**
 * KEYS permits; ARGV max, duration in ms, the token that takes one (empty: only ask whether one is free). Returns 0, or in how many
 * ms one will be free. A permit is held for the whole duration, so that no stretch of that length has more than `max`. A permit
 * in the future was taken before the clock was put back: it is dropped.
 */
const takeScript = `
${readNow}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '(' .. now, '+inf')
local over = redis.call('ZCARD', KEYS[1]) - ARGV[1]
if over >= 0 then
  local freed = redis.call('ZRANGE', KEYS[1], over, over, 'WITHSCORES')
  return math.max(1, freed[2] + ARGV[2] - now)
end
if ARGV[3] ~= '' then
  redis.call('ZADD', KEYS[1], now, ARGV[3])
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return 0`;

/** Which deliveries of each account began within its rate limit's time, over all processes. */
export class RateLimits {
  readonly #redis: RedisClient;
  readonly #prefix: string;

  constructor(redis: RedisClient, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  /** In how many milliseconds a delivery may begin; 0: now. Takes no permit. */
  waitMs(account: string, limit: Rate): Promise<number> {
    return this.take(account, limit, '');
  }

  /** Takes a permit for a delivery, by the token of its claim. Returns 0, or in how many milliseconds one will be free. */
  async take(account: string, { max, durationMs }: Rate, token: string): Promise<number> {
    return (await this.#redis.eval(takeScript, 1, this.#key(account), max, durationMs, token)) as number;
  }

  /** Gives a permit back, if Qiscus wasn't asked after all. */
  async giveBack(account: string, token: string): Promise<void> {
    await this.#redis.zrem(this.#key(account), token);
  }

  #key(account: string): string {
    return `${this.#prefix}:{rate}:${account}`;
  }
}
