import {
  appendScript,
  forgetScript,
  headsScript,
  holdsScript,
  peekScript,
  pushScript,
  registerScript,
  setAsideScript,
  trimScript,
} from './buffer-scripts.js';
import type { RedisClient } from './redis/connection.js';
import { everyMaster } from './redis/masters.js';

/**
 * The recipient buffer of a run: blocks of rows on their way from producers to the chunker, oldest first.
 * Two lists run in step: `heads` says what each block is, so that the law can be checked without moving rows;
 * `blocks` holds the rows. The hash `intakes` knows the last block number of each intake that may push:
 * to be registered there is the permission to push, and a wiped Redis has none.
 *
 * Nothing here decides who is messaged: a program that can write to Redis can lose rows, which the law shows, but each block carries a
 * signature in its head, and the chunker cuts none that doesn't match it.
 */
type BlockHead = { intakeId: string; number: number; rows: number };
export type Block = BlockHead & { lines: string; signature: string };

/**
 * A block as it is in the buffer, whichever program has put it there. `head`: as it stands, cut at `mostHeadLength`; `at`: its place from
 * the oldest, 0. Of a head that no producer writes, `intakeId` and `signature` are empty. Lines above `mostBlockBytes` aren't read.
 */
export type BufferedBlock = Block & { head: string; at: number; bytes: number };

/** Above what a producer makes of a block, whatever is in its rows. */
export const mostBlockBytes = 8_000_000;

/** As much of a buffer as is read in a turn; a turn goes beyond it by less than one block. */
const mostPeekedBytes = 20_000_000;

/** More blocks than producers put into one buffer, and longer heads than they write: of what is beyond nothing is read. */
const mostHeads = 1_000;
const mostHeadLength = 200;

/** Blocks that were set aside are evidence of who wrote to Redis; they have numbers and values in them. */
const setAsideSeconds = 30 * 86_400;

/** `repeat`: this block was pushed before. `lost`: the intake isn't registered, or blocks before this one are gone. */
type PushResult = { result: 'pushed' | 'repeat' | 'full' | 'lost'; blocks: number };

const registrationTtlSeconds = 7 * 86_400;

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

  /** This intake pushes nothing any more, unless it is registered anew. */
  async refuse(runId: string, intakeId: string): Promise<void> {
    await this.#redis.hdel(this.#keys(runId).intakes, intakeId);
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
      `${block.intakeId}.${block.number}.${block.signature}.${block.rows}`,
      block.lines,
      highWater,
      registrationTtlSeconds,
    )) as [PushResult['result'], number];
    return { result: reply[0], blocks: reply[1] };
  }

  /** The oldest blocks, as many as hold at most `mostRows` rows (one at least), and how many blocks there are in all. */
  async peek(runId: string, mostRows: number): Promise<{ length: number; blocks: BufferedBlock[] }> {
    const keys = this.#keys(runId);
    const bounds = [mostRows, mostPeekedBytes, mostBlockBytes, mostHeads, mostHeadLength];
    const reply = (await this.#redis.eval(peekScript, 2, keys.heads, keys.blocks, ...bounds)) as [
      number,
      string[],
      string[],
      number[],
    ];
    const [length, heads, lines, sizes] = reply;
    const blocks = heads.map((head, at) => {
      const read = readHead(head) ?? { intakeId: '', number: 0, rows: 0, signature: '' };
      return { ...read, head, at, lines: lines[at] ?? '', bytes: sizes[at] ?? 0 };
    });
    return { length, blocks };
  }

  /** Removes blocks that were read, if they are still the oldest. Returns how many blocks are left. */
  async trim(runId: string, read: readonly Pick<BufferedBlock, 'head'>[]): Promise<number> {
    const { heads, blocks } = this.#keys(runId);
    return (await this.#redis.eval(trimScript, 2, heads, blocks, ...read.map(({ head }) => head))) as number;
  }

  /** Puts blocks that were read where nobody looks for work, if they still stand in their places. */
  async setBlocksAside(runId: string, read: readonly Pick<BufferedBlock, 'head' | 'at'>[]): Promise<void> {
    if (read.length === 0) return;
    const { heads, blocks } = this.#keys(runId);
    const keys = [heads, blocks, `${heads}:set-aside`, `${blocks}:set-aside`];
    const args = [setAsideSeconds, mostHeadLength, ...read.flatMap(({ at, head }) => [at, head])];
    await this.#redis.eval(setAsideScript, keys.length, ...keys, ...args);
  }

  /** What any producer may have written; heads that none writes are left out. */
  async heads(runId: string): Promise<BlockHead[]> {
    const heads = await this.#redis.eval(headsScript, 1, this.#keys(runId).heads, mostHeads, mostHeadLength);
    return (heads as string[]).flatMap((head) => readHead(head) ?? []);
  }

  /** What is buffered of each of these runs. */
  async headsOf(runIds: readonly string[]): Promise<Map<string, BlockHead[]>> {
    const heads = await Promise.all(runIds.map((runId) => this.heads(runId)));
    return new Map(runIds.map((runId, at) => [runId, heads[at] ?? []]));
  }

  /** Which of these runs have anything buffered. */
  async nonEmpty(runIds: readonly string[]): Promise<Set<string>> {
    const lengths = await Promise.all(runIds.map((runId) => this.#length(this.#keys(runId).heads)));
    return new Set(runIds.filter((_, at) => (lengths[at] ?? 0) > 0));
  }

  /** 0 for a key that is no list: a broken run must not keep the others waiting. */
  async #length(heads: string): Promise<number> {
    try {
      return await this.#redis.llen(heads);
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('WRONGTYPE')) return 0;
      throw error;
    }
  }

  /** Keeps the blocks of a run that the ledger doesn't know, where nobody looks for work. */
  async setAside(runId: string): Promise<void> {
    const { heads, blocks } = this.#keys(runId);
    for (const list of [heads, blocks]) await this.#redis.eval(appendScript, 2, list, `${list}:set-aside`);
  }

  /** Removes what was set aside of a run: numbers and values that nobody is to have any more. */
  async forgetSetAside(runId: string): Promise<void> {
    const { heads, blocks } = this.#keys(runId);
    await this.#redis.del(`${heads}:set-aside`, `${blocks}:set-aside`);
  }

  /** Empties blocks that were set aside, of whatever run, in which one of these numbers stands. */
  async forgetInSetAside(phoneNumbers: readonly string[]): Promise<void> {
    for await (const key of this.#keysLike(`${this.#prefix}:{*}:blocks:set-aside`))
      await this.#redis.eval(forgetScript, 1, key, ...phoneNumbers);
  }

  /** Every run that has a buffer, found by looking at all keys of this Redis. */
  async *bufferedRuns(): AsyncGenerator<string> {
    yield* this.#runsWith('heads');
  }

  /** Every run in whose buffer one of these numbers stands. */
  async *runsHolding(phoneNumbers: readonly string[]): AsyncGenerator<string> {
    for await (const runId of this.#runsWith('blocks')) {
      const holds = await this.#redis.eval(holdsScript, 1, this.#keys(runId).blocks, ...phoneNumbers);
      if (holds === 1) yield runId;
    }
  }

  async *#runsWith(list: 'heads' | 'blocks'): AsyncGenerator<string> {
    for await (const key of this.#keysLike(`${this.#prefix}:{*}:${list}`))
      yield key.slice(this.#prefix.length + 2, -`}:${list}`.length);
  }

  async *#keysLike(pattern: string): AsyncGenerator<string> {
    for (const master of await everyMaster(this.#redis))
      for await (const keys of master.scanStream({ match: pattern, count: 1_000 }) as AsyncIterable<string[]>)
        yield* keys;
  }

  /** The braces make one hash tag of the run, so that a cluster keeps its keys together. */
  #keys(runId: string): { heads: string; blocks: string; intakes: string } {
    const base = `${this.#prefix}:{${runId}}`;
    return { heads: `${base}:heads`, blocks: `${base}:blocks`, intakes: `${base}:intakes` };
  }
}

/** A version before there were signatures left them out. */
const headPattern = /^([0-9a-f]{16})\.(\d{1,9})\.(?:([\w-]{43})\.)?(\d{1,4})$/;

function readHead(head: string): (BlockHead & { signature: string }) | undefined {
  const [isHead, intakeId = '', number = '', signature = '', rows = ''] = headPattern.exec(head) ?? [];
  return isHead === undefined ? undefined : { intakeId, number: Number(number), signature, rows: Number(rows) };
}
