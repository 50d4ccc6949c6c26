// Siaran's `enqueue`, as a program uses it. The runs stand before the time begins; what is timed is from the first row
// to the promise in Postgres, and not how the rows are made.
import { openSiaran, type RunId } from '../../src/index.js';
import { invoices, spread } from '../rows.js';
import { answerParent, runSettings } from './answer.js';

const siaran = openSiaran();

await answerParent(async ({ recipients, from }: { recipients: number; from: number }) => {
  const parts: { id: RunId<(typeof runSettings.columns)[number]>; from: number; count: number }[] = [];
  for (const part of spread(recipients)) parts.push({ ...part, id: (await siaran.startRun(runSettings)).id });
  let ms = 0;
  for (const part of parts) {
    const rows = [...invoices(part.count, from + part.from)];
    const started = performance.now();
    const { accepted } = await siaran.enqueue(part.id, rows, { source: 'bench' });
    ms += performance.now() - started;
    if (accepted !== part.count) throw new Error(`${accepted} rows of ${part.count} were accepted`);
  }
  return { ms };
});
