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

  constructor(redis: RedisClient, prefix: string) {
    this.#redis = redis;
    this.#key = `${prefix}:{workers}`;
  }

  async beat(worker: string): Promise<void> {
    await this.#redis.zadd(this.#key, Date.now(), worker);
    await this.#redis.zremrangebyscore(this.#key, '-inf', Date.now() - 10 * aliveMs);
  }

  async stop(worker: string): Promise<void> {
    await this.#redis.zrem(this.#key, worker);
  }

  async alive(): Promise<string[]> {
    return this.#redis.zrangebyscore(this.#key, Date.now() - aliveMs, '+inf');
  }
}
