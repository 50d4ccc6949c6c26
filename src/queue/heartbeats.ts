import { longestDigests } from '../domain/desk/setting-digests.js';
import type { RedisClient } from './redis/connection.js';

/** A worker that has done nothing for so long is taken for dead. */
export const aliveMs = 15_000;

/** Lua that reads Redis's own clock into `now`, in ms: those of the machines that look at each other's beats may differ. */
export const readNow = `local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/** KEYS workers, accounts, this worker's settings; ARGV how long a beat is kept in ms, worker, its settings (empty: it tells none), its accounts. */
const beatScript = `
${readNow}
redis.call('ZADD', KEYS[1], now, ARGV[2])
if ARGV[3] ~= '' then redis.call('SET', KEYS[3], ARGV[3], 'PX', ARGV[1]) end
for i = 4, #ARGV do redis.call('ZADD', KEYS[2], now, ARGV[i]) end
for i = 1, 2 do redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', now - ARGV[1]) end`;

/** KEYS workers or accounts; ARGV how long a beat counts in ms. Returns those that have beaten since. */
export const aliveScript = `
${readNow}
return redis.call('ZRANGEBYSCORE', KEYS[1], now - ARGV[1], '+inf')`;

/** KEYS settings of workers; ARGV how long they may be. Returns what stands there, empty for nothing or what is longer. */
const settingsScript = `
local told = {}
for i, key in ipairs(KEYS) do told[i] = redis.call('STRLEN', key) <= tonumber(ARGV[1]) and redis.call('GET', key) or '' end
return told`;

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

  /** @param accounts that it delivers for. @param settings what it tells of its settings: no secrets. */
  async beat(worker: string, accounts: readonly string[], settings = ''): Promise<void> {
    const keys = [this.#key, this.#accountsKey, this.#settingsKey(worker)];
    await this.#redis.eval(beatScript, 3, ...keys, 10 * aliveMs, worker, settings, ...accounts);
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

  /** What each worker at work has told of its settings; empty: nothing, as an older one. */
  async settings(): Promise<{ worker: string; settings: string }[]> {
    const workers = await this.alive();
    if (workers.length === 0) return [];
    const keys = workers.map((worker) => this.#settingsKey(worker));
    const told = (await this.#redis.eval(settingsScript, keys.length, ...keys, longestDigests)) as string[];
    return workers.map((worker, at) => ({ worker, settings: told[at] ?? '' }));
  }

  #settingsKey(worker: string): string {
    return `${this.#key}:settings:${worker}`;
  }

  async #alive(key: string): Promise<string[]> {
    return (await this.#redis.eval(aliveScript, 1, key, aliveMs)) as string[];
  }
}
