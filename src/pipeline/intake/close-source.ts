import type { Context } from '../../context.js';
import { isUnclosed } from '../../domain/runs/law.js';
import { RunStateError } from '../../errors.js';
import { closeIntake, intakesOf } from '../../store/intakes.js';
import { lockRunContent } from '../../store/runs.js';
import { patiently } from '../patience.js';
import { requireRun } from '../require-run.js';

/** A source that was closed. */
export type ClosedSource = {
  /** The run that it belongs to. */
  runId: string;
  /** The source's name. */
  source: string;
  /** How many rows its producer had pushed; no more will come. */
  rows: number;
};

/**
 * Closes a source whose producer is known to be dead: what it has pushed counts, and no more comes of it. The permission to
 * push goes first, so that the buffer then has all there is. A producer that is alive after all gets an `IntakeLostError` at its
 * next push. Enqueueing under the same source again still works.
 * @throws {NotFoundError} @throws {RunStateError} `SOURCE_CLOSED` when the run has no unclosed source of this name.
 */
export async function closeSource(ctx: Context, runId: string, source: string): Promise<ClosedSource> {
  await patiently(ctx, () => requireRun(ctx, runId));
  const open = (await patiently(ctx, () => intakesOf(ctx.db, runId))).filter(isUnclosed);
  const intake = open.find((each) => each.source === source);
  if (!intake) throw notOpen(runId, source, open);
  await patiently(ctx, () => ctx.buffer.refuse(runId, intake.id));
  const rows = await patiently(ctx, () => closeAsItStands(ctx, runId, intake.id));
  if (rows === undefined) throw notOpen(runId, source, []);
  await ctx.hints.chunk(runId, `close-${intake.id}`);
  return { runId, source, rows };
}

/** Closes an intake that can't be pushed into any more. Returns its rows; `undefined`: it was closed or superseded meanwhile. */
function closeAsItStands(ctx: Context, runId: string, id: string): Promise<number | undefined> {
  return ctx.db.$transaction(async (tx) => {
    // The chunker takes this lock too: no block moves from the buffer into the ledger while both are read.
    await lockRunContent(tx, runId);
    const intake = (await intakesOf(tx, runId)).find((each) => each.id === id);
    if (!intake) return undefined;
    const waiting = (await ctx.buffer.heads(runId)).filter(
      (block) => block.intakeId === id && block.number > intake.absorbedTo,
    );
    const blocks = Math.max(intake.absorbedTo, ...waiting.map(({ number }) => number));
    return closeIntake(tx, id, { blocks, rows: waiting.reduce((sum, block) => sum + block.rows, intake.absorbedRows) });
  });
}

type Source = { source: string; closed: boolean; superseded: boolean };

function notOpen(runId: string, source: string, open: readonly Source[]): RunStateError {
  const names = open.map((each) => JSON.stringify(each.source)).join(', ');
  const others = names === '' ? 'All its sources are closed.' : `Those that are not: ${names}.`;
  return new RunStateError(
    'SOURCE_CLOSED',
    runId,
    `Run ${runId} has no unclosed source ${JSON.stringify(source)}. ${others}`,
  );
}
