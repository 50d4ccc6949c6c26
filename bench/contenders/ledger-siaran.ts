// Rows that wait in the buffer, taken into Postgres by the step that workers take, and no deliveries beside it.
import { parseConfig } from '../../src/config/config.js';
import { openContext } from '../../src/context.js';
import { siaranWith } from '../../src/index.js';
import { chunkRun } from '../../src/pipeline/chunking/chunk.js';
import { invoices } from '../rows.js';
import { answerParent, runSettings } from './answer.js';

export type LedgerRequest = { do: 'buffer'; runs: number; rowsEach: number; from: number } | { do: 'absorb' };

const ctx = openContext(parseConfig(process.env));
const siaran = siaranWith(ctx);
let buffered: { runId: string; rows: number }[] = [];

await answerParent(async (request: LedgerRequest) => {
  if (request.do === 'absorb') return absorbAll();
  const { runs, rowsEach, from } = request;
  buffered = [];
  for (let run = 0; run < runs; run += 1) {
    const { id } = await siaran.startRun(runSettings);
    await siaran.enqueue(id, invoices(rowsEach, from + run * rowsEach), { source: 'bench' });
    buffered.push({ runId: id, rows: rowsEach });
  }
  return { runs };
});

async function absorbAll(): Promise<{ ms: number }> {
  const started = performance.now();
  await Promise.all(buffered.map(({ runId }) => absorb(runId)));
  const ms = performance.now() - started;
  for (const { runId, rows } of buffered) {
    const { recipients } = await siaran.run(runId);
    if (recipients.pending !== rows) throw new Error(`${recipients.pending} of ${rows} rows are in the ledger`);
  }
  return { ms };
}

/** Turn after turn, as hints make a worker do it. */
async function absorb(runId: string): Promise<void> {
  while ((await ctx.buffer.nonEmpty([runId])).size > 0) await chunkRun(ctx, runId);
}
