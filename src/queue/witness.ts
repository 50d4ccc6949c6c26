import type { RememberedSend } from '../domain/batch.js';
import type { RedisClient } from './connection.js';

/** Enough to name what a fail-over or a restored backup of some hours has lost. */
const mostRemembered = 50_000;

/**
 * KEYS order, sends; ARGV attempt id, batch, send as JSON, its number, its token, most remembered. Returns 0 and remembers
 * nothing when the batch had a send of this number or a later one before.
 */
const rememberScript = `
local known = redis.call('HGET', KEYS[2], ARGV[2])
if known then
  local before = cjson.decode(known)
  if before.number >= tonumber(ARGV[4]) and before.token ~= ARGV[5] then return 0 end
end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
local excess = redis.call('ZCARD', KEYS[1]) - tonumber(ARGV[6])
if excess > 0 then
  local oldest = redis.call('ZPOPMIN', KEYS[1], excess)
  for i = 1, #oldest, 2 do redis.call('HDEL', KEYS[2], oldest[i]) end
end
return 1`;

/** KEYS order, sends; ARGV how many. Returns the latest sends, oldest first. */
const latestScript = `
local batches = redis.call('ZRANGE', KEYS[1], -tonumber(ARGV[1]), -1)
local sends = {}
for i, batch in ipairs(batches) do sends[i] = redis.call('HGET', KEYS[2], batch) end
return sends`;

/**
 * Remembers the latest send of every batch in Redis before its request is made: the one thing that a Postgres that goes
 * back to an older state can't forget. A send is known by its claim's token, because an attempt's id may be given out again.
 */
export class Witness {
  readonly #redis: RedisClient;
  readonly #order: string;
  readonly #sends: string;

  constructor(redis: RedisClient, prefix: string) {
    this.#redis = redis;
    this.#order = `${prefix}:{witness}`;
    this.#sends = `${prefix}:{witness}:sends`;
  }

  /** `false`: this batch was sent as often before, and the ledger has forgotten it. The send must not be made. */
  async remember(send: RememberedSend): Promise<boolean> {
    const { attemptId, batchId, number, token } = send;
    const text = JSON.stringify({ ...send, attemptId: String(attemptId) });
    const args = [String(attemptId), batchId, text, number, token, mostRemembered];
    return (await this.#redis.eval(rememberScript, 2, this.#order, this.#sends, ...args)) === 1;
  }

  /** The latest sends, oldest first. */
  async latest(count = mostRemembered): Promise<RememberedSend[]> {
    const sends = (await this.#redis.eval(latestScript, 2, this.#order, this.#sends, count)) as string[];
    return sends.map((text) => {
      const send = JSON.parse(text) as Omit<RememberedSend, 'attemptId'> & { attemptId: string };
      return { ...send, attemptId: BigInt(send.attemptId) };
    });
  }

  /** Begins anew, after what Postgres had lost was put back. */
  async forget(): Promise<void> {
    await this.#redis.del(this.#order, this.#sends);
  }
}
