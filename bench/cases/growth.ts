import type { Case } from '../case.js';
import { megabytes, oneDecimal, whole } from '../figures.js';
import { measureSiaran } from '../measures/measure-siaran.js';
import { largest } from '../options.js';
import { startSandbox } from '../sandbox.js';

const sizes = [10_000, 100_000, 1_000_000];

export const growth: Case = {
  name: 'growth',
  describe: 'what a recipient costs, in time and memory, as runs grow; one worker',
  notes: [
    "Numbers come in no order, as customers' do, so that indexes are filled all over.",
    'Processes are started anew for each measurement. Peaks are of what each process ever had.',
    'Redis: the most that it had allocated in all, seen every 50 ms. It holds at most 100,000 rows of a run.',
    'Postgres: growth on disk with indexes, without a VACUUM; of the tables that hold recipients, and of the whole ledger.',
  ],
  tables: [
    {
      columns: [
        { figure: 'microseconds', title: 'µs/recipient', shown: oneDecimal, spread: true },
        { figure: 'producerPeak', title: "producer's peak memory", shown: megabytes },
        { figure: 'workerPeak', title: "worker's peak memory", shown: megabytes },
        { figure: 'redisPeak', title: "Redis's peak memory", shown: megabytes },
        { figure: 'postgresBytes', title: 'Postgres, bytes/recipient', shown: whole, spread: true },
        { figure: 'ledgerBytes', title: 'whole ledger', shown: whole },
      ],
    },
  ],
  compare: [],
  compareSizes: ['microseconds', 'producerPeak', 'workerPeak', 'redisPeak'],
  async run(bench) {
    const sandbox = await startSandbox(bench);
    const contender = (recipients: number) => ({
      name: 'siaran, 1 worker',
      recipients,
      measure: () => measureSiaran(bench, sandbox, { recipients, workers: 1 }),
    });
    const contenders = [
      ...(bench.options.quick ? bench.options.recipients : sizes).map(contender),
      ...(bench.options.large ? [{ ...contender(largest), rounds: 1 }] : []),
    ];
    const measurements = await bench.takeTurns(growth, contenders);
    await sandbox.kill();
    return measurements;
  },
};
