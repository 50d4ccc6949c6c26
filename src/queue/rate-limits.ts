import type { RedisClient } from './connection.js';
import { readNow } from './heartbeats.js';

/** So many deliveries in any time so long. */
type Rate = Readonly<{ max: number; durationMs: number }>;

/**
 * KEYS places; ARGV max, duration in ms, who takes one (empty: nobody, it is only asked whether there is one). Returns 0, or for
 * how long there is none. A place stands for the whole duration, so that in no such time there are more. A place of the
 * future was taken before the clock was put back.
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

  /** For how many milliseconds nobody may begin a delivery; 0: now. Takes no place. */
  waitMs(account: string, limit: Rate): Promise<number> {
    return this.take(account, limit, '');
  }

  /** Takes a place for a delivery, by the token of its claim. Returns 0, or for how many milliseconds there is none. */
  async take(account: string, { max, durationMs }: Rate, token: string): Promise<number> {
    return (await this.#redis.eval(takeScript, 1, this.#key(account), max, durationMs, token)) as number;
  }

  /** Qiscus wasn't asked for it after all. */
  async giveBack(account: string, token: string): Promise<void> {
    await this.#redis.zrem(this.#key(account), token);
  }

  #key(account: string): string {
    return `${this.#prefix}:{rate}:${account}`;
  }
}
