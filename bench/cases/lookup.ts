import { openSiaran } from '../../src/index.js';
import type { Bench, Case } from '../case.js';
import { oneDecimal, whole } from '../figures.js';
import { fillNumbers, someNumber } from '../measures/fill-numbers.js';
import { siaranEnv } from '../siaran.js';

const runs = 1_000_000;
/** How many of them are of several batches. */
const broadcasts = [1_000, 5_000, 10_000];
const lookups = 100;

export const lookup: Case = {
  name: 'lookup',
  describe: 'in which runs one number is, among a million',
  unit: 'runs of two batches',
  notes: [
    `${runs.toLocaleString('en')} runs that have ended: those of two batches have 1,001 recipients each, and all others one.`,
    `A round asks for ${lookups} numbers, one after the other, each for the first time.`,
  ],
  tables: [
    {
      columns: [
        { figure: 'median', title: 'ms', shown: oneDecimal, spread: true },
        { figure: 'slowest', title: 'ms, slowest', shown: oneDecimal, spread: true },
        { figure: 'found', title: 'runs found, of all numbers', shown: whole },
      ],
    },
  ],
  compare: [],
  async run(bench) {
    const measurements = [];
    for (const several of new Set(broadcasts.map((count) => bench.sized(count)))) {
      await bench.services.clean();
      bench.progress.doing('lookup: a million runs');
      await fillNumbers(bench.services, { messages: bench.sized(runs) - several, broadcasts: several });
      const contender = { name: 'siaran recipient', recipients: several, measure: () => measure(bench) };
      measurements.push(...(await bench.takeTurns(lookup, [contender])));
    }
    return measurements;
  },
};

let asked = 0;

async function measure(bench: Bench): Promise<{ median: number; slowest: number; found: number }> {
  const siaran = openSiaran(siaranEnv(bench));
  const times: number[] = [];
  let found = 0;
  try {
    // A process that is at work has a connection.
    await siaran.recipient(String(someNumber(0)));
    for (let n = 0; n < lookups; n += 1) {
      asked += 1;
      const begun = performance.now();
      found += (await siaran.recipient(String(someNumber(asked)))).runs.length;
      times.push(performance.now() - begun);
    }
  } finally {
    await siaran.close();
  }
  times.sort((a, b) => a - b);
  return { median: times[lookups / 2] ?? 0, slowest: times.at(-1) ?? 0, found };
}
