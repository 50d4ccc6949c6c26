import type { RememberedSend } from '../domain/runs/batch.js';
import type { RedisClient } from './redis/connection.js';

/** Enough to name what a fail-over or a restored backup of some hours has lost. */
const mostRemembered = 50_000;

/**
 * KEYS order, sends; ARGV most remembered, and of each send: attempt id, batch, send as JSON, how many tokens follow, and the tokens of this
 * send and of those that the ledger has of the batch. Returns for each nothing (''); or the send that it remembers, and doesn't remember this
 * one, when that is none of these.
 */
const rememberScript = `
-- a send is remembered
local others, at = {}, 2
while at <= #ARGV do
  local batch, tokens, other = ARGV[at + 1], tonumber(ARGV[at + 3]), ''
  local remembered = redis.call('HGET', KEYS[2], batch)
  if remembered then
    local token, isKnown = cjson.decode(remembered).token, false
    for i = at + 4, at + 3 + tokens do isKnown = isKnown or token == ARGV[i] end
    if not isKnown then other = remembered end
  end
  if other == '' then
    redis.call('HSET', KEYS[2], batch, ARGV[at + 2])
    redis.call('ZADD', KEYS[1], ARGV[at], batch)
  end
  table.insert(others, other)
  at = at + 4 + tokens
end
local excess = redis.call('ZCARD', KEYS[1]) - tonumber(ARGV[1])
if excess > 0 then
  local oldest = redis.call('ZPOPMIN', KEYS[1], excess)
  for i = 1, #oldest, 2 do redis.call('HDEL', KEYS[2], oldest[i]) end
end
return others`;

/** KEYS order, sends; ARGV how many, most of one. Returns the latest sends, oldest first; longer ones than any worker writes are left out. */
const latestScript = `
local batches = redis.call('ZRANGE', KEYS[1], -tonumber(ARGV[1]), -1)
local sends = {}
for _, batch in ipairs(batches) do
  local send = redis.call('HGET', KEYS[2], batch)
  if send and #send <= tonumber(ARGV[2]) then table.insert(sends, send) end
end
return sends`;

type Note = {
  send: RememberedSend;
  known: readonly string[];
  noted: (other: RememberedSend | undefined) => void;
  failed: (error: unknown) => void;
};

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
  readonly #notes: Note[] = [];

  constructor(redis: RedisClient, prefix: string) {
    this.#redis = redis;
    this.#order = `${prefix}:{witness}:order`;
    this.#sends = `${prefix}:{witness}:sends`;
  }

  /**
   * Takes note of a send that is about to be made. Returns another one of its batch that it remembers and that isn't among
   * `known`, the ledger's: then this one must not be made.
   */
  remember(send: RememberedSend, known: readonly string[]): Promise<RememberedSend | undefined> {
    return new Promise((noted, failed) => {
      // Those of one group of messages come at the same time, and go in one command.
      if (this.#notes.push({ send, known, noted, failed }) === 1) setImmediate(() => void this.#rememberAll());
    });
  }

  /** If it fails, none of them counts as noted. */
  async #rememberAll(): Promise<void> {
    const notes = this.#notes.splice(0);
    try {
      const args = notes.flatMap(({ send, known }) => {
        const text = JSON.stringify({ ...send, attemptId: String(send.attemptId) });
        return [String(send.attemptId), send.batchId, text, 1 + known.length, send.token, ...known];
      });
      const script = [rememberScript, 2, this.#order, this.#sends, mostRemembered] as const;
      const others = (await this.#redis.eval(...script, ...args)) as string[];
      if (others.length !== notes.length) throw new Error(`${others.length} of ${notes.length} sends were noted`);
      for (const [at, { noted }] of notes.entries()) noted(readSend(others[at] ?? ''));
    } catch (error) {
      for (const { failed } of notes) failed(error);
    }
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
