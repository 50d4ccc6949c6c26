import type { Context } from '../../context.js';
import { batchCapacityOf } from '../../domain/delivery/delivery.js';
import { identitiesIn } from '../../domain/recipients/recipient.js';
import { batchIdOf } from '../../domain/runs/batch.js';
import { largestFileBytes, lineBytes } from '../../domain/runs/file-bytes.js';
import { type Capacity, Filling, type FillingBatch, type LeftOut, type Taken } from '../../domain/runs/filling.js';
import { within } from '../../domain/timing/within.js';
import type { BufferedBlock } from '../../queue/buffer.js';
import { findFillingBatch, saveFilledBatches } from '../../store/batches.js';
import { findBlockKey } from '../../store/block-key.js';
import { forgottenAmong } from '../../store/forgotten.js';
import { isLedgerHeld } from '../../store/holds.js';
import { type Absorbed, absorbedBefore, advanceIntake } from '../../store/intakes.js';
import type { Sql } from '../../store/postgres/sql.js';
import { isNumberTaken, knownNumbers } from '../../store/recipients.js';
import { holdUnverified, type LockedRun, lockRunContent, noteDrained } from '../../store/runs.js';
import { isAnybodySuppressed, listedAmong } from '../../store/suppressions.js';
import { holdForLostLedger, wasLedgerWhole } from '../check-ledger.js';
import { saveRows } from '../save-rows.js';
import { traced } from '../traced.js';
import { relayHandedIn } from './relay.js';
import { type JudgedBlocks, type UnverifiedBlock, unverifiedReason, verifyBlocks } from './verify-blocks.js';

/** The most rows of one turn; then other runs have theirs. */
const turnRows = 5_000;

/** How long Redis may take to answer while the run is locked: others, to whom it isn't silent, wait for that lock. */
const longestLookMs = 3_000;

/** Whatever the buffer has: one that stays full must not keep what was handed in waiting. */
const leastHandedIn = 1_000;

/** `unverified`: blocks that must not be cut. `nextHandedIn`: the first block that is left of what was handed in. */
type Turn = {
  account: string;
  isOfMessages: boolean;
  read: BufferedBlock[];
  unverified: UnverifiedBlock[];
  closed: FillingBatch[];
  nextHandedIn: string | undefined;
};

/**
 * One turn of a run: peek, commit, trim. Nothing is claimed in Redis, so there is nothing to recover there: a worker that
 * dies before the commit has done nothing, and one that dies after it leaves blocks that the next turn knows as absorbed.
 */
export function chunkRun(ctx: Context, runId: string): Promise<void> {
  return traced(ctx, 'chunk', { runId }, () => takeTurn(ctx, runId));
}

async function takeTurn(ctx: Context, runId: string): Promise<void> {
  const turn = await absorb(ctx, runId);
  if (!turn) return;
  if (turn === 'unaccountable') return holdForLostLedger(ctx, { runId });
  await setAside(ctx, runId, turn.unverified);
  const left = await ctx.buffer.trim(runId, turn.read);
  await ctx.hints.deliver(
    turn.closed.map(({ number }) => ({
      id: batchIdOf(runId, number),
      account: turn.account,
      number,
      claimNumber: 0,
      isMessage: turn.isOfMessages,
    })),
  );
  const last = [...turn.read, ...turn.unverified].at(-1);
  if (left > 0 && last) await ctx.hints.chunk(runId, `after-${last.intakeId}-${last.number}`);
  else if (turn.nextHandedIn) await ctx.hints.chunk(runId, `handed-in-${turn.nextHandedIn}`);
}

/** The run is held for them already. A worker that dies before this finds them again, and holds it again. */
async function setAside(ctx: Context, runId: string, unverified: readonly UnverifiedBlock[]): Promise<void> {
  if (unverified.length === 0) return;
  await ctx.buffer.setBlocksAside(runId, unverified);
  ctx.logger.error(
    { runId, reason: unverifiedReason(unverified) },
    'blocks in Redis do not have the signature of their producer',
  );
}

/**
 * Most lists have no number twice, and looking for each costs a third of what writing it does. So that is left to the primary
 * key, also within a turn, and done only when it has refused the turn, and for the rest of an intake that has had duplicates.
 */
async function absorb(ctx: Context, runId: string): Promise<Turn | 'unaccountable' | undefined> {
  try {
    return await ctx.db.$transaction((tx) => absorbTurn(ctx, tx, runId, 'as if new'));
  } catch (error) {
    if (!isNumberTaken(error)) throw error;
    return ctx.db.$transaction((tx) => absorbTurn(ctx, tx, runId, 'looked up'));
  }
}

async function absorbTurn(
  ctx: Context,
  tx: Sql,
  runId: string,
  numbers: 'as if new' | 'looked up',
): Promise<Turn | 'unaccountable' | undefined> {
  const run = await lockRunContent(tx, runId);
  const { length, blocks: peeked } = await within(longestLookMs, ctx.buffer.peek(runId, turnRows));
  const { verified: blocks, unverified } = await verify(tx, runId, peeked);
  // Only what this installation has signed is proof that the ledger once had such a run.
  if (!run && blocks.length > 0) return 'unaccountable';
  if (!run) return { account: '', isOfMessages: false, read: [], unverified, closed: [], nextHandedIn: undefined };
  const isOfMessages = run.delivery.individual !== null;
  const intakeIds = new Set(blocks.map((block) => block.intakeId));
  const before = await absorbedBefore(tx, [...intakeIds]);
  // Numbers of batches that were lost would be given out again.
  if (!(await within(longestLookMs, wasLedgerWhole(ctx))) || (await isLedgerHeld(tx))) return undefined;
  // Its numbers are gone, so that nothing would tell who was messaged. What a Redis that went back has of it stays there.
  if (run.purgedAt) {
    const { next } = await relayHandedIn(ctx, tx, run, turnRows);
    return { account: run.account, isOfMessages, read: [], unverified: [], closed: [], nextHandedIn: next };
  }
  // Blocks that the ledger can't account for stay where they are, until an operator has settled why.
  if (before.size < intakeIds.size) return 'unaccountable';
  if (unverified.length > 0) await holdUnverified(tx, run.id, unverifiedReason(unverified));
  const room = Math.max(turnRows - rowsOf(blocks), leastHandedIn);
  const { stream: handedIn, next: nextHandedIn } = await relayHandedIn(ctx, tx, run, room);
  const streams = [...freshStreams(blocks, before), ...(handedIn ? [handedIn] : [])];
  const mayRemain = length > peeked.length || nextHandedIn !== undefined;
  const lookUp = numbers === 'looked up' || streams.some(({ hasDuplicates }) => hasDuplicates);
  const leftOut = await lookUpNumbers(tx, run, streams, lookUp);
  const filling = new Filling(await findFillingBatch(tx, runId), leftOut, capacities(run));
  await save(tx, run, filling, streams, mayRemain);
  return {
    account: run.account,
    isOfMessages,
    read: blocks,
    unverified,
    closed: filling.touched().filter((batch) => batch.closed),
    nextHandedIn,
  };
}

async function verify(tx: Sql, runId: string, peeked: readonly BufferedBlock[]): Promise<JudgedBlocks> {
  return peeked.length === 0 ? { verified: [], unverified: [] } : verifyBlocks(await findBlockKey(tx), runId, peeked);
}

function rowsOf(blocks: readonly BufferedBlock[]): number {
  return blocks.reduce((sum, block) => sum + block.rows, 0);
}

/** How much each batch of the run may have; the first one is small where people want to look at it first. */
function capacities({ delivery, columns }: LockedRun): Capacity {
  const capacity = batchCapacityOf(delivery);
  const first = Math.min(delivery.first ?? capacity, capacity);
  return {
    recipientsOf: (batchNumber) => (batchNumber === 1 ? first : capacity),
    bytes: largestFileBytes - lineBytes(JSON.stringify(columns)),
  };
}

/** What of an intake the ledger doesn't have yet. Each block is lines that stand below each other. */
type Stream = { intakeId: string; from: number; to: number; blocks: string[]; hasDuplicates: boolean };

function freshStreams(blocks: readonly BufferedBlock[], before: Map<string, Absorbed>): Stream[] {
  return [...before].flatMap(([intakeId, { to: from, duplicates }]) => {
    const fresh = blocks.filter((block) => block.intakeId === intakeId && block.number > from);
    const to = fresh.at(-1)?.number;
    if (to === undefined) return [];
    return [{ intakeId, from, to, blocks: fresh.map(({ lines }) => lines), hasDuplicates: duplicates > 0 }];
  });
}

/**
 * What is suppressed or forgotten from here on is left out when its batch is claimed. `undefined`: nothing has to be left out, as far as
 * it was looked up.
 */
async function lookUpNumbers(
  tx: Sql,
  run: LockedRun,
  streams: readonly Stream[],
  lookUpKnown: boolean,
): Promise<LeftOut | undefined> {
  const isAnybody = await isAnybodySuppressed(tx);
  if (!lookUpKnown && !isAnybody) return undefined;
  const identities = streams.flatMap(({ blocks }) => blocks.flatMap(identitiesIn));
  const forgotten = isAnybody ? await forgottenAmong(tx, identities) : new Map<string, string>();
  const suppressed = isAnybody ? await listedAmong(tx, identities) : new Set<string>();
  if (!lookUpKnown && forgotten.size + suppressed.size === 0) return undefined;
  // The primary key refuses no digest of a number that the run has.
  const names = [...(lookUpKnown ? identities : forgotten.keys()), ...forgotten.values()];
  return { forgotten, known: names.length > 0 ? await knownNumbers(tx, run.number, names) : [], suppressed };
}

async function save(
  tx: Sql,
  run: LockedRun,
  filling: Filling,
  streams: readonly Stream[],
  mayRemain: boolean,
): Promise<void> {
  const absorptions = streams.map(({ intakeId, from, to, blocks }) => {
    const taken = blocks.map((block) => filling.takeBlock(block));
    return { intakeId, from, to, ...sumOf(taken) };
  });
  if (!mayRemain && isShortBatchDue(run, filling.current)) filling.close();
  await saveFilledBatches(tx, run, filling.touched());
  await saveRows(tx, run, filling);
  for (const absorption of absorptions)
    if (!(await advanceIntake(tx, absorption)))
      throw new Error(`intake ${absorption.intakeId} moved on although its run is locked`);
  if (!mayRemain) await noteDrained(tx, run.id);
}

function sumOf(taken: readonly Taken[]): Taken {
  const sum = { rows: 0, duplicates: 0, suppressed: 0 };
  for (const { rows, duplicates, suppressed } of taken) {
    sum.rows += rows;
    sum.duplicates += duplicates;
    sum.suppressed += suppressed;
  }
  return sum;
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
