import type { RedisClient } from './connection.js';

/** A worker that has done nothing for so long is taken for dead. */
const aliveMs = 15_000;

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
    const now = Date.now();
    await this.#redis.zadd(this.#key, now, worker);
    await this.#redis.zadd(this.#accountsKey, ...accounts.flatMap((account) => [now, account]));
    for (const key of [this.#key, this.#accountsKey])
      await this.#redis.zremrangebyscore(key, '-inf', now - 10 * aliveMs);
  }

  async stop(worker: string): Promise<void> {
    await this.#redis.zrem(this.#key, worker);
  }

  async alive(): Promise<string[]> {
    return this.#redis.zrangebyscore(this.#key, Date.now() - aliveMs, '+inf');
  }

  /** The accounts that workers at work deliver for; one whose last worker has just stopped may still be among them. */
  async servedAccounts(): Promise<string[]> {
    return this.#redis.zrangebyscore(this.#accountsKey, Date.now() - aliveMs, '+inf');
  }
}
