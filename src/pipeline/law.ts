import type { Context } from '../context.js';
import { type BufferedBlock, countIntakes, type IntakeState, type IntakeTotals } from '../domain/runs/law.js';
import { groupByRun } from '../store/by-run.js';
import { intakesOfRuns } from '../store/intakes.js';
import { type LedgerSnapshot, readSnapshots } from '../store/views/snapshot.js';

/** What came into a run, and what the ledger has of it. */
export type Law = { totals: IntakeTotals; ledger: LedgerSnapshot };

export async function readLaw(ctx: Context, runId: string): Promise<Law> {
  return (await readLaws(ctx, [runId])).get(runId) as Law;
}

/** The law's two sides of each run, read upstream first: promises, then the buffers, then one snapshot of the ledger. */
export async function readLaws(ctx: Context, runIds: readonly string[]): Promise<ReadonlyMap<string, Law>> {
  const promises = groupByRun(await intakesOfRuns(ctx.db, runIds));
  // A run that has all that was promised waits for nothing, and can be looked at while Redis is away.
  const waiting = runIds.filter((runId) => promises.get(runId)?.every(isWhole) === false);
  const buffers = await ctx.buffer.headsOf(waiting);
  const ledgers = await readSnapshots(ctx.db, runIds);
  return new Map(
    [...ledgers].map(([runId, ledger]) => [
      runId,
      { ledger, totals: countTotals(promises.get(runId) ?? [], buffers.get(runId) ?? [], ledger) },
    ]),
  );
}

function countTotals(promises: readonly IntakeState[], buffer: readonly BufferedBlock[], ledger: LedgerSnapshot) {
  const totals = countIntakes(promises, buffer, ledger.intakes);
  // Handed in within its caller's transaction, and not relayed yet: it waits in the ledger itself.
  totals.enqueued += ledger.handedIn;
  totals.buffered += ledger.handedIn;
  totals.promised += ledger.handedIn;
  return totals;
}

function isWhole({ closed, rows, absorbedRows }: IntakeState): boolean {
  return closed && absorbedRows >= rows;
}
