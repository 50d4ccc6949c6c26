import type { Context } from '../context.js';
import { batchReference } from '../domain/batch.js';
import { type AddedRows, Filling, type FillingBatch } from '../domain/filling.js';
import { phoneNumberOf, type RecipientLine } from '../domain/recipient.js';
import type { Block } from '../queue/buffer.js';
import { findFillingBatch, saveFilledBatches } from '../store/batches.js';
import type { Sql } from '../store/database.js';
import { isLedgerHeld } from '../store/holds.js';
import { absorbedTo, advanceIntake } from '../store/intakes.js';
import { insertRecipients, insertRows, knownNumbers } from '../store/recipients.js';
import { type LockedRun, lockRunContent, markDrained } from '../store/runs.js';
import { holdForLostLedger, wasLedgerWhole } from './ledger.js';

/** One turn takes at most so many rows; then other runs have theirs. */
const turnRows = 5_000;

type Turn = { read: Block[]; closed: FillingBatch[] };

/**
 * One turn of a run: peek, commit, trim. Nothing is claimed in Redis, so there is nothing to recover there: a worker that
 * dies before the commit has done nothing, and one that dies after it leaves blocks that the next turn knows as absorbed.
 */
export async function chunkRun(ctx: Context, runId: string): Promise<void> {
  const turn = await ctx.db.$transaction((tx) => absorbTurn(ctx, tx, runId));
  if (!turn) return;
  if (turn === 'unaccountable') return holdForLostLedger(ctx, { runId });
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
  if (!(await wasLedgerWhole(ctx)) || (await isLedgerHeld(tx))) return undefined;
  // Its numbers are gone, so that nothing would tell who was messaged. What a Redis that went back has of it stays there.
  if (run.purgedAt) return undefined;
  // Blocks that the ledger can't account for stay where they are, until an operator has settled why.
  if (before.size < intakeIds.size) return 'unaccountable';
  const streams = freshStreams(blocks, before);
  const known = await knownNumbers(
    tx,
    run.number,
    streams.flatMap(({ lines }) => lines.map(phoneNumberOf)),
  );
  const filling = new Filling(await findFillingBatch(tx, runId), known);
  const absorptions = streams.map(({ lines, ...stream }) => ({ ...stream, duplicates: filling.take(lines) }));
  if (!mayRemain && isShortBatchDue(run, filling.current)) filling.close();
  const touched = filling.touched();
  await saveFilledBatches(tx, run, touched);
  await saveRows(tx, run, filling.added);
  for (const absorption of absorptions)
    if (!(await advanceIntake(tx, absorption)))
      throw new Error(`intake ${absorption.intakeId} moved on although its run is locked`);
  if (!mayRemain) await markDrained(tx, runId);
  return { read: blocks, closed: touched.filter((batch) => batch.closed) };
}

type Stream = { intakeId: string; from: number; to: number; rows: number; lines: RecipientLine[] };

/** What of each intake the ledger doesn't have yet. */
function freshStreams(blocks: readonly Block[], before: Map<string, number>): Stream[] {
  return [...before].flatMap(([intakeId, from]) => {
    const fresh = blocks.filter((block) => block.intakeId === intakeId && block.number > from);
    const lines = fresh.flatMap((block) => block.lines.split('\n'));
    const to = fresh.at(-1)?.number;
    return to === undefined ? [] : [{ intakeId, from, to, rows: lines.length, lines }];
  });
}

async function saveRows(tx: Sql, run: LockedRun, added: readonly AddedRows[]): Promise<void> {
  if (added.length === 0) return;
  await insertRecipients(tx, run.number, added);
  await insertRows(
    tx,
    added.map(({ batchNumber, ...rows }) => ({ ...rows, batchId: batchReference(run.id, batchNumber) })),
  );
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
