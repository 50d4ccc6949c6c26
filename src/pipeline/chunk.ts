import type { Context } from '../context.js';
import { batchCapacity, batchReference } from '../domain/batch.js';
import type { Block } from '../queue/buffer.js';
import { type FillingBatch, findFillingBatch, newBatch, saveFilledBatches } from '../store/batches.js';
import type { Sql } from '../store/database.js';
import { isLedgerHeld } from '../store/holds.js';
import { absorbedTo, advanceIntake } from '../store/intakes.js';
import { type BufferedRecipient, insertRecipients } from '../store/recipients.js';
import { type LockedRun, lockRunContent, markDrained } from '../store/runs.js';
import { holdForLostLedger } from './ledger.js';

/** One turn takes at most so many rows; then other runs have theirs. */
const turnRows = 10_000;

type Turn = { read: Block[]; closed: FillingBatch[] };

/**
 * One turn of a run: peek, commit, trim. Nothing is claimed in Redis, so there is nothing to recover there: a worker that
 * dies before the commit has done nothing, and one that dies after it leaves blocks that the next turn knows as absorbed.
 */
export async function chunkRun(ctx: Context, runId: string): Promise<void> {
  const turn = await ctx.db.$transaction((tx) => absorbTurn(ctx, tx, runId));
  if (!turn) return;
  if (turn === 'unaccountable')
    return holdForLostLedger(ctx, `run ${runId} has rows in the buffer that it knows nothing of`);
  const left = await ctx.buffer.trim(runId, turn.read);
  await ctx.hints.deliver(
    turn.closed.map(({ number }) => ({ id: batchReference(runId, number), number, claimNumber: 0 })),
  );
  const last = turn.read.at(-1);
  if (left > 0 && last) await ctx.hints.chunk(runId, `after-${last.intakeId}-${last.number}`);
}

async function absorbTurn(ctx: Context, tx: Sql, runId: string): Promise<Turn | 'unaccountable' | undefined> {
  const run = await lockRunContent(tx, runId);
  const { length, blocks } = await ctx.buffer.peek(runId, turnRows);
  if (!run) return length > 0 ? 'unaccountable' : undefined;
  const mayRemain = length > blocks.length;
  const intakeIds = new Set(blocks.map((block) => block.intakeId));
  const before = await absorbedTo(tx, [...intakeIds]);
  // Numbers of batches that were lost would be given out again.
  if (await isLedgerHeld(tx)) return undefined;
  // Blocks that the ledger can't account for stay where they are, until an operator has settled why.
  if (before.size < intakeIds.size) return 'unaccountable';
  const fill = new Filling(tx, run, await findFillingBatch(tx, runId));
  await absorbBlocks(tx, blocks, before, fill);
  if (!mayRemain && isShortBatchDue(run, fill.current)) fill.close();
  const touched = fill.touched();
  await saveFilledBatches(tx, run, touched);
  if (!mayRemain) await markDrained(tx, runId);
  return { read: blocks, closed: touched.filter((batch) => batch.closed) };
}

/** Takes the rows of all blocks that the ledger doesn't have yet, and notes so on their intakes. */
async function absorbBlocks(
  tx: Sql,
  blocks: readonly Block[],
  before: Map<string, number>,
  fill: Filling,
): Promise<void> {
  for (const [intakeId, from] of before) {
    const fresh = blocks.filter((block) => block.intakeId === intakeId && block.number > from);
    const to = fresh.at(-1)?.number;
    if (to === undefined) continue;
    const recipients = fresh.flatMap((block) => block.lines.split('\n').map(readLine));
    const duplicates = await fill.take(recipients);
    if (!(await advanceIntake(tx, { intakeId, from, to, rows: recipients.length, duplicates })))
      throw new Error(`intake ${intakeId} moved on although its run is locked`);
  }
}

/** Fills one batch after the other; what is a duplicate leaves its place to the next row. */
class Filling {
  readonly #tx: Sql;
  readonly #run: LockedRun;
  readonly #full: FillingBatch[] = [];
  readonly #sizeBefore: number;
  current: FillingBatch;
  /** Grows with every row that is tried, so that positions rise within a batch. */
  #position: number;

  constructor(tx: Sql, run: LockedRun, current: FillingBatch) {
    this.#tx = tx;
    this.#run = run;
    this.current = current;
    this.#sizeBefore = current.size;
    this.#position = current.lastPosition;
  }

  /** Returns how many of these the run had already. */
  async take(recipients: readonly BufferedRecipient[]): Promise<number> {
    let duplicates = 0;
    for (let at = 0; at < recipients.length; ) {
      const next = recipients.slice(at, at + batchCapacity - this.current.size);
      const inserted = await insertRecipients(this.#tx, this.#run.id, this.current.number, this.#position, next);
      at += next.length;
      this.#position += next.length;
      duplicates += next.length - inserted;
      this.current.size += inserted;
      if (this.current.size === batchCapacity) this.close();
    }
    return duplicates;
  }

  close(): void {
    this.#full.push({ ...this.current, closed: true });
    this.current = newBatch(this.current.nextNumber);
    this.#position = 0;
  }

  /** The batches that this turn changed; one without recipients is none. */
  touched(): FillingBatch[] {
    const unchanged = this.#full.length === 0 && this.current.size === this.#sizeBefore;
    return unchanged || this.current.size === 0 ? this.#full : [...this.#full, this.current];
  }
}

/** A batch that isn't full goes out when nothing more is to come, or when its oldest row has waited long enough. */
function isShortBatchDue(run: LockedRun, batch: FillingBatch): boolean {
  if (batch.size === 0) return false;
  if (run.sealedAt || run.cancelledAt) return true;
  return (
    run.flushAfterMs !== null &&
    batch.openedAt !== null &&
    run.now.getTime() - batch.openedAt.getTime() >= run.flushAfterMs
  );
}

function readLine(line: string): BufferedRecipient {
  const tab = line.indexOf('\t');
  return { phoneNumber: line.slice(0, tab), values: line.slice(tab + 1) };
}
