import type { Context } from '../../context.js';
import type { RecipientLine } from '../../domain/recipients/recipient.js';
import { signBlock } from '../../domain/runs/block-signature.js';
import { IntakeLostError, RunStateError, UnavailableError } from '../../errors.js';
import type { Block } from '../../queue/buffer.js';
import { findBlockKey } from '../../store/block-key.js';
import { openIntake, promiseRows, reopenIntake } from '../../store/intakes.js';
import { findEmptyBatch } from '../../store/lost-sends.js';
import type { Sql } from '../../store/postgres/sql.js';
import { lockRunContent, type RunRow } from '../../store/runs.js';
import { readLaw } from '../law.js';
import { refuseOtherDatabase } from '../own-prefix.js';
import { patiently, waitUnlessClosing } from '../patience.js';
import { purgedError, requireRun } from '../require-run.js';

/** The most rows of a block, about the most characters of it, and the most blocks of a run's buffer. */
const blockRows = 1_000;
const blockLength = 1_000_000;
const highWaterBlocks = 100;

/** How long a producer waits for room before it says so. */
const quietWaitMs = 3_000;

/** Rows on their way into an intake. `add`: a promise when the caller has to wait before it gives the next one. */
export type RowStream = {
  add(line: RecipientLine): Promise<void> | undefined;
  finish(): Promise<void>;
  abandon(): Promise<void>;
};

/**
 * One producer's stream of rows into a run. It gathers rows into numbered blocks and pushes one while the next one fills;
 * blocks go strictly one after the other, so that a connection that breaks can't put them out of order.
 */
export class Intake {
  readonly #ctx: Context;
  readonly #runId: string;
  readonly #id: string;
  readonly #key: Uint8Array;
  #lines: string[] = [];
  #length = 0;
  #blocks = 0;
  /** What is in the buffer, and may be promised. */
  #pushed = { blocks: 0, rows: 0 };
  #pushing: Promise<void> = Promise.resolve();

  private constructor(ctx: Context, runId: string, id: string, key: Uint8Array) {
    this.#ctx = ctx;
    this.#runId = runId;
    this.#id = id;
    this.#key = key;
  }

  /** @throws {RunStateError} when the run takes no recipients. */
  static async open(ctx: Context, runId: string, source: string): Promise<Intake> {
    await refuseOtherDatabase(ctx);
    await refuseIfComplete(ctx, runId);
    const { id, superseded, key } = await patiently(ctx, () =>
      ctx.db.$transaction(async (tx) => {
        await lockOpenRun(tx, runId);
        return { ...(await openIntake(tx, runId, source)), key: await findBlockKey(tx) };
      }),
    );
    await register(ctx, runId, id, 0, superseded);
    return new Intake(ctx, runId, id, key);
  }

  /** Takes rows again after it was closed. @throws {RunStateError | IntakeLostError} */
  async reopen(): Promise<void> {
    await refuseIfComplete(this.#ctx, this.#runId);
    const reopened = await patiently(this.#ctx, () =>
      this.#ctx.db.$transaction(async (tx) => {
        await lockOpenRun(tx, this.#runId);
        return reopenIntake(tx, this.#runId, this.#id);
      }),
    );
    if (!reopened) throw await this.#loss();
    await register(this.#ctx, this.#runId, this.#id, this.#blocks, []);
  }

  /** Takes a row. A promise when the caller has to wait before it gives the next one. */
  add(line: RecipientLine): Promise<void> | undefined {
    this.#lines.push(line);
    this.#length += line.length;
    if (this.#lines.length < blockRows && this.#length < blockLength) return undefined;
    return this.#startPush();
  }

  /** Pushes what has been gathered, and promises all rows so far. */
  async settle(close: boolean): Promise<void> {
    await this.#startPush();
    await this.#pushing;
    const promise = { ...this.#pushed, close };
    if (!(await patiently(this.#ctx, () => promiseRows(this.#ctx.db, this.#id, promise)))) throw await this.#loss();
  }

  /** Resolves when the block before this one is in, so that at most two blocks are held in memory. */
  async #startPush(): Promise<void> {
    const [lines, before] = [this.#lines, this.#pushing];
    if (lines.length === 0) return before;
    this.#blocks += 1;
    const content = { intakeId: this.#id, number: this.#blocks, rows: lines.length, lines: lines.join('\n') };
    const block = { ...content, signature: signBlock(this.#key, this.#runId, content) };
    this.#lines = [];
    this.#length = 0;
    this.#pushing = before.then(() => this.#push(block));
    this.#pushing.catch(() => {});
    return before;
  }

  /** Pushes a block, however long it has to wait for room. A block that is pushed again after a reconnect goes in once. */
  async #push(block: Block): Promise<void> {
    for (let [waitMs, waited] = [20, 0]; ; waited += waitMs, waitMs = Math.min(2 * waitMs, 500)) {
      const { result, blocks } = await patiently(this.#ctx, () =>
        this.#ctx.buffer.push(this.#runId, block, highWaterBlocks),
      );
      if (result === 'lost') throw await this.#loss();
      if (result !== 'full') {
        this.#pushed = { blocks: block.number, rows: this.#pushed.rows + block.rows };
        if (blocks === 1) await this.#ctx.hints.chunk(this.#runId, `push-${this.#id}-${block.number}`);
        return;
      }
      if (waited < quietWaitMs && waited + waitMs >= quietWaitMs)
        this.#ctx.logger.warn({ runId: this.#runId }, 'the buffer is full; waiting for a worker to drain it');
      await waitUnlessClosing(this.#ctx, waitMs);
      if (this.#ctx.closing.aborted) throw new UnavailableError('Redis', new Error('this program is closing'));
    }
  }

  async #loss(): Promise<Error> {
    try {
      refuseUnlessOpen(await requireRun(this.#ctx, this.#runId));
    } catch (error) {
      return error as Error;
    }
    return new IntakeLostError(
      `Run ${this.#runId} no longer takes rows from here: Redis lost its buffer, another call enqueued the same source, or an operator closed it. ` +
        'Enqueue the same recipients again; those that are already in are dropped as duplicates.',
    );
  }
}

/** A run that was paused or cancelled meanwhile has refused all its intakes, and this one came too late to hear it. */
async function register(
  ctx: Context,
  runId: string,
  id: string,
  lastBlock: number,
  superseded: string[],
): Promise<void> {
  await patiently(ctx, () => ctx.buffer.register(runId, { id, lastBlock }, superseded));
  refuseUnlessOpen(await patiently(ctx, () => requireRun(ctx, runId)));
}

/** Locks a run that may take recipients. */
async function lockOpenRun(tx: Sql, runId: string): Promise<void> {
  refuseUnlessOpen(await lockRunContent(tx, runId));
  const empty = await findEmptyBatch(tx, runId);
  if (empty === undefined) return;
  throw new RunStateError(
    'RUN_LOST_RECIPIENTS',
    runId,
    `Run ${runId} takes no more recipients: batch ${empty} was sent, and Postgres has lost its recipients, so that they could ` +
      'be messaged again. Look the batch up at Qiscus by that id, and start a new run for those that it does not have.',
  );
}

function refuseUnlessOpen(run: RunRow | undefined): void {
  if (run?.purgedAt) throw purgedError(run.id, run.purgedAt, 'takes no more recipients');
  if (run?.cancelledAt) {
    const why = run.failure === null ? 'is cancelled' : `was given up (${run.failure})`;
    throw new RunStateError('RUN_CANCELLED', run.id, `Run ${run.id} ${why} and takes no recipients.`);
  }
  if (run?.pausedAt)
    throw new RunStateError('RUN_PAUSED', run.id, `Run ${run.id} is paused and takes no recipients; resume it first.`);
}

/** Whether a run is sealed and everything that was promised is in. */
export async function isComplete(ctx: Context, { id, sealedAt }: RunRow): Promise<boolean> {
  if (!sealedAt) return false;
  const { totals } = await patiently(ctx, () => readLaw(ctx, id));
  return totals.missing === 0 && totals.unclosed === 0;
}

/** A run that is sealed and whole takes no more; one with a gap does, so that enqueueing again can fill it. */
async function refuseIfComplete(ctx: Context, runId: string): Promise<void> {
  const run = await patiently(ctx, () => requireRun(ctx, runId));
  if (!run.purgedAt && (await isComplete(ctx, run)))
    throw new RunStateError(
      'RUN_COMPLETE',
      runId,
      `Run ${runId} is sealed and everything is in; it takes no more recipients.`,
    );
}
