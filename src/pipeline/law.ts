import type { Context } from '../context.js';
import { countIntakes, type IntakeTotals } from '../domain/law.js';
import { intakesOf } from '../store/intakes.js';
import { type LedgerSnapshot, readSnapshot } from '../store/snapshot.js';

/** The law's two sides, read upstream first: promises, then the buffer, then one snapshot of the ledger. */
export async function readLaw(ctx: Context, runId: string): Promise<{ totals: IntakeTotals; ledger: LedgerSnapshot }> {
  const promises = await intakesOf(ctx.db, runId);
  const buffer = await ctx.buffer.heads(runId);
  const ledger = await readSnapshot(ctx.db, runId);
  const totals = countIntakes(promises, buffer, ledger.intakes);
  // Handed in within its caller's transaction, and not relayed yet: it waits in the ledger itself.
  totals.enqueued += ledger.handedIn;
  totals.buffered += ledger.handedIn;
  totals.promised += ledger.handedIn;
  return { totals, ledger };
}
