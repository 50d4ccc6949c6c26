import type { Context } from '../context.js';
import { countIntakes, type IntakeState, type IntakeTotals } from '../domain/runs/law.js';
import { intakesOf } from '../store/intakes.js';
import { type LedgerSnapshot, readSnapshot } from '../store/views/snapshot.js';

/** The law's two sides, read upstream first: promises, then the buffer, then one snapshot of the ledger. */
export async function readLaw(ctx: Context, runId: string): Promise<{ totals: IntakeTotals; ledger: LedgerSnapshot }> {
  const promises = await intakesOf(ctx.db, runId);
  // A run that has all that was promised waits for nothing, and can be looked at while Redis is away.
  const buffer = promises.every(isWhole) ? [] : await ctx.buffer.heads(runId);
  const ledger = await readSnapshot(ctx.db, runId);
  const totals = countIntakes(promises, buffer, ledger.intakes);
  // Handed in within its caller's transaction, and not relayed yet: it waits in the ledger itself.
  totals.enqueued += ledger.handedIn;
  totals.buffered += ledger.handedIn;
  totals.promised += ledger.handedIn;
  return { totals, ledger };
}

function isWhole({ closed, rows, absorbedRows }: IntakeState): boolean {
  return closed && absorbedRows >= rows;
}
