import type { RedisClient } from './redis/connection.js';

/** A worker that has done nothing for so long is taken for dead. */
export const aliveMs = 15_000;

/** Lua that reads Redis's own clock into `now`, in ms: those of the machines that look at each other's beats may differ. */
export const readNow = `local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/** KEYS workers, accounts; ARGV how long a beat is kept in ms, worker, its accounts. */
const beatScript = `
${readNow}
redis.call('ZADD', KEYS[1], now, ARGV[2])
for i = 3, #ARGV do redis.call('ZADD', KEYS[2], now, ARGV[i]) end
for i = 1, 2 do redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', now - ARGV[1]) end`;

/** KEYS workers or accounts; ARGV how long a beat counts in ms. Returns those that have beaten since. */
export const aliveScript = `
${readNow}
return redis.call('ZRANGEBYSCORE', KEYS[1], now - ARGV[1], '+inf')`;

/**
 * Which workers are at work. A worker beats when a pass of reconcile has gone through Postgres and Redis: an open socket
 * proves nothing.
 */
export class Heartbeats {
  readonly #redis: RedisClient;
  readonly #key: string;
  readonly #accountsKey: string;

  constructor(redis: RedisClient, prefix: string) {
    this.#redis = redis;
    this.#key = `${prefix}:{workers}`;
    this.#accountsKey = `${prefix}:{workers}:accounts`;
  }

  /** @param accounts that it delivers for. */
  async beat(worker: string, accounts: readonly string[]): Promise<void> {
    await this.#redis.eval(beatScript, 2, this.#key, this.#accountsKey, 10 * aliveMs, worker, ...accounts);
  }

  async stop(worker: string): Promise<void> {
    await this.#redis.zrem(this.#key, worker);
  }

  async alive(): Promise<string[]> {
    return this.#alive(this.#key);
  }

  /** The accounts that workers at work deliver for; one whose last worker has just stopped may still be among them. */
  async servedAccounts(): Promise<string[]> {
    return this.#alive(this.#accountsKey);
  }

  async #alive(key: string): Promise<string[]> {
    return (await this.#redis.eval(aliveScript, 1, key, aliveMs)) as string[];
  }
}
