import type { Bench, Case, Contender, Figures } from '../case.js';
import { oneDecimal, whole } from '../figures.js';
import { ledgerSize } from '../measures/ledger-size.js';
import { measureProcessors } from '../measures/processors.js';
import { warmUpFrom } from '../rows.js';
import { siaranEnv } from '../siaran.js';
import type { Hand } from '../staff.js';

/** As many as a run's buffer takes, and a little less. */
const rowsEach = 90_000;
const [siaranAt, copyAt] = [(runs: number) => `siaran, ${runs} at once`, (runs: number) => `COPY, ${runs} at once`];

export const ledger: Case = {
  name: 'ledger',
  describe: 'rows into Postgres, as Siaran writes them and with COPY',
  notes: [
    `siaran: a worker's step that takes ${whole(rowsEach)} buffered rows of each run into batches, with its locks, its check for duplicates, and its hints; deliveries don't run.`,
    'COPY: the bytes of those same rows into the same tables, with their keys and indexes, 1,000 rows a statement and 5,000 a commit as Siaran has it; it can drop no duplicate.',
    'Each run has a connection of its own.',
  ],
  tables: [
    {
      columns: [
        { figure: 'perSecond', title: 'rows/s', shown: whole, spread: true },
        { figure: 'postgresBytes', title: 'Postgres, bytes/recipient', shown: whole },
        { figure: 'processorPostgres', title: 'Postgres, processor µs/recipient', shown: oneDecimal },
      ],
    },
  ],
  compare: [1, 4].map((runs) => ({ figure: 'perSecond', of: siaranAt(runs), to: copyAt(runs) })),
  run: (bench) =>
    bench.takeTurns(
      ledger,
      [1, 4].flatMap((runs) => contendersAt(bench, { runs, rowsEach: bench.sized(rowsEach) })),
    ),
};

type Load = { runs: number; rowsEach: number };

function contendersAt(bench: Bench, load: Load): Contender[] {
  const { runs } = load;
  const recipients = runs * load.rowsEach;
  return [
    { name: siaranAt(runs), recipients, measure: () => measureSiaran(bench, load) },
    { name: copyAt(runs), recipients, measure: () => measureCopy(bench, load) },
  ];
}

async function measureSiaran(bench: Bench, load: Load): Promise<Figures> {
  const hand = await bufferRows(bench, load);
  const figures = await measure(bench, hand, 'absorb', load);
  await hand.kill();
  return figures;
}

async function measureCopy(bench: Bench, load: Load): Promise<Figures> {
  const { runs, rowsEach } = load;
  const writer = await bufferRows(bench, load);
  await writer.ask({ do: 'absorb' });
  await writer.kill();
  const hand = await hire(bench, 'ledger-copy');
  const rows = await bench.services.query<{ id: string }>('SELECT id FROM runs ORDER BY created_at DESC LIMIT $1', [
    runs,
  ]);
  await hand.ask({ do: 'load', runIds: rows.map(({ id }) => id), rowsEach });
  const figures = await measure(bench, hand, 'copy', load);
  await hand.kill();
  return figures;
}

async function measure(bench: Bench, hand: Hand, what: 'absorb' | 'copy', load: Load): Promise<Figures> {
  const recipients = load.runs * load.rowsEach;
  await bench.services.query('CHECKPOINT');
  const before = await ledgerSize(bench);
  const processors = measureProcessors(bench, { worker: hand, sandbox: undefined });
  const { ms } = await hand.ask<{ ms: number }>({ do: what });
  const { processorPostgres = 0 } = processors();
  const after = await ledgerSize(bench);
  return {
    perSecond: (recipients / ms) * 1_000,
    postgresBytes: (after.recipients - before.recipients) / recipients,
    processorPostgres: (processorPostgres * 1_000_000) / recipients,
  };
}

/** A process of Siaran that has taken 10,000 rows into the ledger before, and now has these in the buffer. */
async function bufferRows(bench: Bench, { runs, rowsEach }: Load): Promise<Hand> {
  await bench.services.clean();
  const hand = await hire(bench, 'ledger-siaran');
  await hand.ask({ do: 'buffer', runs: 1, rowsEach: 10_000, from: warmUpFrom });
  await hand.ask({ do: 'absorb' });
  await hand.ask({ do: 'buffer', runs, rowsEach, from: 0 });
  return hand;
}

function hire(bench: Bench, name: string): Promise<Hand> {
  return bench.staff.hire({ name, script: `.siaran/bench/bench/contenders/${name}.js`, env: siaranEnv(bench) });
}
