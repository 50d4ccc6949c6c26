import type { Redis } from 'ioredis';
import type { RememberedSend } from '../domain/batch.js';

/** Enough to name what a fail-over or a restored backup of some hours has lost. */
const mostRemembered = 50_000;

/** KEYS sends; ARGV attempt id, send as JSON, most remembered. */
const rememberScript = `
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - tonumber(ARGV[3]))
return 1`;

/**
 * Remembers every send in Redis before its request is made: the one thing that a Postgres that goes back to an older state
 * can't forget. A send is known by its claim's token, because an attempt's id may be given out again.
 */
export class Witness {
  readonly #redis: Redis;
  readonly #key: string;

  constructor(redis: Redis, prefix: string) {
    this.#redis = redis;
    this.#key = `${prefix}:{witness}`;
  }

  async remember(send: RememberedSend): Promise<void> {
    const text = JSON.stringify({ ...send, attemptId: String(send.attemptId) });
    await this.#redis.eval(rememberScript, 1, this.#key, String(send.attemptId), text, String(mostRemembered));
  }

  /** The latest sends, oldest first. */
  async latest(count = mostRemembered): Promise<RememberedSend[]> {
    return (await this.#redis.zrange(this.#key, String(-count), '-1')).map((text) => {
      const send = JSON.parse(text) as Omit<RememberedSend, 'attemptId'> & { attemptId: string };
      return { ...send, attemptId: BigInt(send.attemptId) };
    });
  }

  /** Begins anew, after what Postgres had lost was put back. */
  async forget(): Promise<void> {
    await this.#redis.del(this.#key);
  }
}
