import type { RememberedSend } from '../domain/runs/batch.js';
import type { RedisClient } from './connection.js';

/** Enough to name what a fail-over or a restored backup of some hours has lost. */
const mostRemembered = 50_000;

/**
 * KEYS order, sends; ARGV attempt id, batch, send as JSON, most remembered, and the tokens of this send and of those that the
 * ledger has of the batch. Returns nil; or the send that it remembers, and remembers nothing, when that is none of these.
 */
const rememberScript = `
-- a send is remembered
local remembered = redis.call('HGET', KEYS[2], ARGV[2])
if remembered then
  local token, isKnown = cjson.decode(remembered).token, false
  for i = 5, #ARGV do isKnown = isKnown or token == ARGV[i] end
  if not isKnown then return remembered end
end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
local excess = redis.call('ZCARD', KEYS[1]) - tonumber(ARGV[4])
if excess > 0 then
  local oldest = redis.call('ZPOPMIN', KEYS[1], excess)
  for i = 1, #oldest, 2 do redis.call('HDEL', KEYS[2], oldest[i]) end
end
return false`;

/** KEYS order, sends; ARGV how many, most of one. Returns the latest sends, oldest first; longer ones than any worker writes are left out. */
const latestScript = `
local batches = redis.call('ZRANGE', KEYS[1], -tonumber(ARGV[1]), -1)
local sends = {}
for _, batch in ipairs(batches) do
  local send = redis.call('HGET', KEYS[2], batch)
  if send and #send <= tonumber(ARGV[2]) then table.insert(sends, send) end
end
return sends`;

/** Above what a worker writes. */
const mostSendLength = 2_000;

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
    this.#order = `${prefix}:{witness}:order`;
    this.#sends = `${prefix}:{witness}:sends`;
  }

  /**
   * Takes note of a send that is about to be made. Returns another one of its batch that it remembers and that isn't among
   * `known`, the ledger's: then this one must not be made.
   */
  async remember(send: RememberedSend, known: readonly string[]): Promise<RememberedSend | undefined> {
    const text = JSON.stringify({ ...send, attemptId: String(send.attemptId) });
    const args = [String(send.attemptId), send.batchId, text, mostRemembered, send.token, ...known];
    const other = await this.#redis.eval(rememberScript, 2, this.#order, this.#sends, ...args);
    return typeof other === 'string' ? readSend(other) : undefined;
  }

  /** The latest sends, oldest first. */
  async latest(count = mostRemembered): Promise<RememberedSend[]> {
    const sends = (await this.#redis.eval(
      latestScript,
      2,
      this.#order,
      this.#sends,
      count,
      mostSendLength,
    )) as string[];
    return sends.flatMap((send) => readSend(send) ?? []);
  }

  /** Forgets sends that nothing can be done about any more. */
  async forget(sends: readonly RememberedSend[]): Promise<void> {
    if (sends.length === 0) return;
    const batchIds = sends.map(({ batchId }) => batchId);
    await this.#redis
      .multi()
      .zrem(this.#order, ...batchIds)
      .hdel(this.#sends, ...batchIds)
      .exec();
  }
}

/** `undefined`: no worker wrote it. A program that did could as well have removed the send, so ignoring it loses nothing. */
function readSend(text: string): RememberedSend | undefined {
  try {
    const send = JSON.parse(text) as Omit<RememberedSend, 'attemptId'> & { attemptId: string };
    return { ...send, attemptId: BigInt(send.attemptId) };
  } catch {
    return undefined;
  }
}
