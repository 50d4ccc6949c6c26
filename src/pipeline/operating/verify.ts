import type { Context } from '../../context.js';
import { batchStatuses } from '../../domain/runs/batch.js';
import { withLongDeadlines } from '../../store/postgres/deadlines.js';
import { type Breach, ledgerBreaches } from '../../store/views/attention/breaches.js';
import { readLaw } from '../law.js';
import { requireRun } from '../require-run.js';

/** Whether a run's ledger keeps every rule. */
export type Verification = {
  /** The run's id. */
  runId: string;
  /** Whether no rule is broken. */
  ok: boolean;
  /** Each rule that is broken, and where. */
  breaches: Breach[];
};

/** Checks the law and every rule of the ledger for a run, also while work goes on. @throws {NotFoundError} */
export async function verify(ctx: Context, runId: string): Promise<Verification> {
  return withLongDeadlines(async () => {
    await requireRun(ctx, runId);
    const breaches = [...(await lawBreaches(ctx, runId)), ...(await ledgerBreaches(ctx.db, runId))];
    return { runId, ok: breaches.length === 0, breaches };
  });
}

async function lawBreaches(ctx: Context, runId: string): Promise<Breach[]> {
  const { totals, ledger } = await readLaw(ctx, runId);
  const { enqueued, buffered, duplicates, missing } = totals;
  const suppressed = totals.suppressed + ledger.suppressed;
  const inBatches = batchStatuses.reduce((sum, status) => sum + ledger.recipients[status], 0);
  const found = buffered + inBatches + duplicates + suppressed;
  const breaches: Breach[] = [];
  if (enqueued !== found)
    breaches.push({
      rule: 'every enqueued recipient is buffered, in a batch, a duplicate, or suppressed',
      detail: `${enqueued} enqueued; ${buffered} buffered + ${inBatches} in batches + ${duplicates} duplicates + ${suppressed} suppressed = ${found}`,
    });
  if (missing > 0)
    breaches.push({
      rule: 'what was promised has arrived',
      detail: `${missing} rows are missing: Redis lost them. Enqueue the same recipients again under the same source`,
    });
  return breaches;
}
