import type { Redis } from 'ioredis';

/** One send as Redis remembers it, apart from Postgres. */
export type WitnessedSend = {
  attemptId: bigint;
  token: string;
  batchId: string;
  number: number;
  broadcastFileId: number;
};

/** Enough to name what a fail-over or a restored backup of some hours has lost. */
const mostRemembered = 50_000;

/** KEYS mark, sends; ARGV attempt id, token, send as JSON, most remembered. */
const raiseScript = `
local marked = redis.call('HGET', KEYS[1], 'id')
if not marked or tonumber(ARGV[1]) > tonumber(marked) then redis.call('HSET', KEYS[1], 'id', ARGV[1], 'token', ARGV[2]) end
redis.call('ZADD', KEYS[2], ARGV[1], ARGV[3])
redis.call('ZREMRANGEBYRANK', KEYS[2], 0, -1 - tonumber(ARGV[4]))
return 1`;

/**
 * Remembers every send in Redis before its request is made: the one thing that a Postgres that goes back to an older state
 * can't forget. `mark` is the highest attempt id so far, with its claim's token, because an id may be given out again.
 */
export class Witness {
  readonly #redis: Redis;
  readonly #mark: string;
  readonly #sends: string;

  constructor(redis: Redis, prefix: string) {
    this.#redis = redis;
    this.#mark = `${prefix}:{witness}:mark`;
    this.#sends = `${prefix}:{witness}:sends`;
  }

  async raise(send: WitnessedSend): Promise<void> {
    const id = String(send.attemptId);
    const text = JSON.stringify({ ...send, attemptId: id });
    await this.#redis.eval(raiseScript, 2, this.#mark, this.#sends, id, send.token, text, String(mostRemembered));
  }

  async mark(): Promise<{ attemptId: bigint; token: string } | undefined> {
    const [id, token] = await this.#redis.hmget(this.#mark, 'id', 'token');
    return id && token ? { attemptId: BigInt(id), token } : undefined;
  }

  /** What is remembered, oldest first. */
  async sends(): Promise<WitnessedSend[]> {
    return (await this.#redis.zrange(this.#sends, '0', '-1')).map((text) => {
      const send = JSON.parse(text) as Omit<WitnessedSend, 'attemptId'> & { attemptId: string };
      return { ...send, attemptId: BigInt(send.attemptId) };
    });
  }

  /** Begins anew, after what Postgres had lost was put back. */
  async forget(): Promise<void> {
    await this.#redis.del(this.#mark, this.#sends);
  }
}
