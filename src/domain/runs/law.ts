/** An intake as the ledger has it. `blocks` and `rows` are its promise. */
export type IntakeState = {
  id: string;
  source: string;
  generation: number;
  blocks: number;
  rows: number;
  absorbedTo: number;
  absorbedRows: number;
  duplicates: number;
  suppressed: number;
  closed: boolean;
  superseded: boolean;
};

export type BufferedBlock = { intakeId: string; number: number; rows: number };

export type IntakeTotals = {
  /** Rows of absorbed blocks and of blocks that are still buffered. */
  enqueued: number;
  buffered: number;
  duplicates: number;
  /** Recipients who were left out when they were chunked. */
  suppressed: number;
  /** Rows that producers said they had pushed, but for those that a later generation of their source brought again. */
  promised: number;
  /** Promised rows that are neither absorbed nor buffered: Redis lost them. */
  missing: number;
  /** Intakes of the latest generations that are under way, or whose producer died. */
  unclosed: number;
};

/**
 * Counts what came in, from three readings taken upstream first: promises, then the buffer, then the ledger. A block that
 * moved on meanwhile is seen in both later places and counts once, because the ledger says how far it has absorbed.
 */
export function countIntakes(
  promises: readonly Pick<IntakeState, 'id' | 'blocks' | 'rows'>[],
  buffer: readonly BufferedBlock[],
  ledger: readonly IntakeState[],
): IntakeTotals {
  const promisedBy = new Map(promises.map((promise) => [promise.id, promise]));
  const totals = { enqueued: 0, buffered: 0, duplicates: 0, suppressed: 0, promised: 0, missing: 0, unclosed: 0 };
  for (const intake of ledger) {
    const waiting = buffer.filter((block) => block.intakeId === intake.id && block.number > intake.absorbedTo);
    const buffered = rowsOf(waiting);
    totals.enqueued += intake.absorbedRows + buffered;
    totals.buffered += buffered;
    totals.duplicates += intake.duplicates;
    totals.suppressed += intake.suppressed;
    if (!intake.superseded && !intake.closed) totals.unclosed += 1;
    const promise = promisedBy.get(intake.id);
    if (!promise || isKeptByLater(intake, promise.rows, ledger)) continue;
    totals.promised += promise.rows;
    const kept = intake.absorbedRows + rowsOf(waiting.filter((block) => block.number <= promise.blocks));
    totals.missing += Math.max(0, promise.rows - kept);
  }
  return totals;
}

/** A later generation of the same source has taken a promise over when it brought as many rows again. */
function isKeptByLater(intake: IntakeState, rows: number, ledger: readonly IntakeState[]): boolean {
  return (
    intake.superseded &&
    ledger.some(
      (later) =>
        later.source === intake.source && later.generation > intake.generation && later.closed && later.rows >= rows,
    )
  );
}

function rowsOf(blocks: readonly BufferedBlock[]): number {
  return blocks.reduce((sum, block) => sum + block.rows, 0);
}

/** Whether its producer is at work, or died. */
export function isUnclosed({ closed, superseded }: { closed: boolean; superseded: boolean }): boolean {
  return !closed && !superseded;
}
