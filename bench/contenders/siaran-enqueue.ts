// Siaran's `enqueue`, as a program uses it. The runs stand before the time begins; what is timed is from the first row
// to the promise in Postgres, and not how the rows are made.
import { openSiaran, type RunId } from '../../src/index.js';
import { spread } from '../rows.js';
import { answerParent, runSettings } from './answer.js';
import { timeParts } from './time-parts.js';

const siaran = openSiaran();

await answerParent(async (request: { recipients: number; from: number }) => {
  const runIds: RunId<(typeof runSettings.columns)[number]>[] = [];
  for (const _ of spread(request.recipients)) runIds.push((await siaran.startRun(runSettings)).id);
  return timeParts(request, async (rows, part) => {
    const { accepted } = await siaran.enqueue(runIds[part] ?? '', rows, { source: 'bench' });
    if (accepted !== rows.length) throw new Error(`${accepted} rows of ${rows.length} were accepted`);
  });
});
