import type { RedisClient } from './connection.js';
import { everyMaster } from './masters.js';

/**
 * The recipient buffer of a run: blocks of rows on their way from producers to the chunker, oldest first.
 * Two lists run in step: `heads` says what each block is, so that the law can be checked without moving rows;
 * `blocks` holds the rows. The hash `intakes` knows the last block number of each intake that may push:
 * to be registered there is the permission to push, and a wiped Redis has none.
 */
export type BlockHead = { intakeId: string; number: number; rows: number };
export type Block = BlockHead & { lines: string };

/** `repeat`: this block was pushed before. `lost`: the intake isn't registered, or blocks before this one are gone. */
export type PushResult = { result: 'pushed' | 'repeat' | 'full' | 'lost'; blocks: number };

const registrationTtlSeconds = 7 * 86_400;

/** KEYS intakes; ARGV ttl, intake, its last block, and those that it supersedes. Registering twice changes nothing. */
const registerScript = `
redis.call('HSETNX', KEYS[1], ARGV[2], ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[1])
for i = 4, #ARGV do redis.call('HDEL', KEYS[1], ARGV[i]) end
return 1`;

/** KEYS heads, blocks, intakes; ARGV intake, number, head, lines, high-water mark, ttl. Returns {result, blocks in the buffer}. */
const pushScript = `
local last = redis.call('HGET', KEYS[3], ARGV[1])
local number = tonumber(ARGV[2])
local length = redis.call('LLEN', KEYS[1])
if not last or number > tonumber(last) + 1 then return {'lost', length} end
if number <= tonumber(last) then return {'repeat', length} end
if length >= tonumber(ARGV[5]) then return {'full', length} end
redis.call('RPUSH', KEYS[1], ARGV[3])
redis.call('RPUSH', KEYS[2], ARGV[4])
redis.call('HSET', KEYS[3], ARGV[1], number)
redis.call('EXPIRE', KEYS[3], ARGV[6])
return {'pushed', length + 1}`;

/** KEYS heads, blocks; ARGV most rows. Returns {blocks in the buffer, heads, blocks}: at least one if there is any. */
const peekScript = `
local heads = redis.call('LRANGE', KEYS[1], 0, -1)
local taken, rows = {}, 0
for i, head in ipairs(heads) do
  rows = rows + tonumber(string.match(head, '%d+$'))
  if i > 1 and rows > tonumber(ARGV[1]) then break end
  taken[i] = head
end
if #taken == 0 then return {0, {}, {}} end
return {#heads, taken, redis.call('LRANGE', KEYS[2], 0, #taken - 1)}`;

/** KEYS heads, blocks; ARGV the heads that were read. Removes them from the front as far as they still stand there. Returns blocks left. */
const trimScript = `
for _, head in ipairs(ARGV) do
  if redis.call('LINDEX', KEYS[1], 0) ~= head then break end
  redis.call('LPOP', KEYS[1])
  redis.call('LPOP', KEYS[2])
end
return redis.call('LLEN', KEYS[1])`;

export class RecipientBuffer {
  readonly #redis: RedisClient;
  readonly #prefix: string;

  constructor(redis: RedisClient, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  /** Lets an intake push its next block, and no longer those that it supersedes. */
  async register(
    runId: string,
    intake: { id: string; lastBlock: number },
    superseded: readonly string[],
  ): Promise<void> {
    const { intakes } = this.#keys(runId);
    const args = [registrationTtlSeconds, intake.id, intake.lastBlock, ...superseded];
    await this.#redis.eval(registerScript, 1, intakes, ...args);
  }

  /** Nothing can be pushed into this run any more, until an intake is registered anew. */
  async refuseAll(runId: string): Promise<void> {
    await this.#redis.del(this.#keys(runId).intakes);
  }

  async push(runId: string, block: Block, highWater: number): Promise<PushResult> {
    const { heads, blocks, intakes } = this.#keys(runId);
    const reply = (await this.#redis.eval(
      pushScript,
      3,
      heads,
      blocks,
      intakes,
      block.intakeId,
      block.number,
      writeHead(block),
      block.lines,
      highWater,
      registrationTtlSeconds,
    )) as [PushResult['result'], number];
    return { result: reply[0], blocks: reply[1] };
  }

  /** The oldest blocks, as many as hold at most `mostRows` rows (one at least), and how many blocks there are in all. */
  async peek(runId: string, mostRows: number): Promise<{ length: number; blocks: Block[] }> {
    const keys = this.#keys(runId);
    const reply = (await this.#redis.eval(peekScript, 2, keys.heads, keys.blocks, mostRows)) as [
      number,
      string[],
      string[],
    ];
    const [length, heads, lines] = reply;
    return { length, blocks: heads.map((head, at) => ({ ...readHead(head), lines: lines[at] ?? '' })) };
  }

  /** Removes blocks that were read, if they are still the oldest. Returns how many blocks are left. */
  async trim(runId: string, read: readonly BlockHead[]): Promise<number> {
    const { heads, blocks } = this.#keys(runId);
    return (await this.#redis.eval(trimScript, 2, heads, blocks, ...read.map(writeHead))) as number;
  }

  async heads(runId: string): Promise<BlockHead[]> {
    return (await this.#redis.lrange(this.#keys(runId).heads, 0, -1)).map(readHead);
  }

  /** What is buffered of each of these runs. */
  async headsOf(runIds: readonly string[]): Promise<Map<string, BlockHead[]>> {
    const heads = await Promise.all(runIds.map((runId) => this.heads(runId)));
    return new Map(runIds.map((runId, at) => [runId, heads[at] ?? []]));
  }

  /** Which of these runs have anything buffered. */
  async nonEmpty(runIds: readonly string[]): Promise<Set<string>> {
    const lengths = await Promise.all(runIds.map((runId) => this.#redis.llen(this.#keys(runId).heads)));
    return new Set(runIds.filter((_, at) => (lengths[at] ?? 0) > 0));
  }

  /** Keeps the blocks of a run that the ledger doesn't know, where nobody looks for work. */
  async setAside(runId: string): Promise<void> {
    const { heads, blocks } = this.#keys(runId);
    await this.#redis.multi().rename(heads, `${heads}:set-aside`).rename(blocks, `${blocks}:set-aside`).exec();
  }

  /** Every run that has a buffer, found by looking at all keys of this Redis. */
  async *bufferedRuns(): AsyncGenerator<string> {
    const pattern = `${this.#prefix}:{*}:heads`;
    for (const master of await everyMaster(this.#redis))
      for await (const keys of master.scanStream({ match: pattern, count: 1_000 }) as AsyncIterable<string[]>)
        for (const key of keys) yield key.slice(this.#prefix.length + 2, -'}:heads'.length);
  }

  /** The braces make one hash tag of the run, so that a cluster keeps its keys together. */
  #keys(runId: string): { heads: string; blocks: string; intakes: string } {
    const base = `${this.#prefix}:{${runId}}`;
    return { heads: `${base}:heads`, blocks: `${base}:blocks`, intakes: `${base}:intakes` };
  }
}

function writeHead({ intakeId, number, rows }: BlockHead): string {
  return `${intakeId}.${number}.${rows}`;
}

function readHead(head: string): BlockHead {
  const [intakeId = '', number = '', rows = ''] = head.split('.');
  return { intakeId, number: Number(number), rows: Number(rows) };
}
