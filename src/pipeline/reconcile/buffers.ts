import type { Context } from '../../context.js';
import { countIntakes, type IntakeState } from '../../domain/runs/law.js';
import { intakesOfRuns } from '../../store/intakes.js';

/** What is on its way through Redis, over several runs. */
export type Buffers = {
  /** Rows that no worker has cut into batches yet. */
  buffered: number;
  /** Promised rows that are neither in the buffer nor in the ledger: Redis lost them. */
  missing: number;
};

/**
 * Reads promises, then the buffers, then the ledger, as the law does, so that a row that moves on meanwhile is never missing.
 * @param undrained runs that may have something buffered. @param short runs that lack rows in the ledger.
 */
export async function readBuffers(
  ctx: Context,
  { undrained, short }: { undrained: readonly string[]; short: readonly string[] },
): Promise<Buffers> {
  const promises = byRun(await intakesOfRuns(ctx.db, short));
  const heads = await ctx.buffer.headsOf([...new Set([...undrained, ...short])]);
  const ledger = byRun(await intakesOfRuns(ctx.db, short));
  let buffered = 0;
  for (const blocks of heads.values()) for (const { rows } of blocks) buffered += rows;
  let missing = 0;
  for (const id of short)
    missing += countIntakes(promises.get(id) ?? [], heads.get(id) ?? [], ledger.get(id) ?? []).missing;
  return { buffered, missing };
}

function byRun(intakes: readonly (IntakeState & { runId: string })[]): Map<string, IntakeState[]> {
  const found = new Map<string, IntakeState[]>();
  for (const intake of intakes) {
    const others = found.get(intake.runId);
    if (others) others.push(intake);
    else found.set(intake.runId, [intake]);
  }
  return found;
}
