import type { Bench, Case, Contender, Figures } from '../case.js';
import { megabytes, whole } from '../figures.js';
import { measureSiaran } from '../measures/measure-siaran.js';
import { peakMemory } from '../measures/proc.js';
import { measureProcessors, processorColumns } from '../measures/processors.js';
import { warmUpFrom } from '../rows.js';
import { requireEachOnce, type Sandbox, startSandbox } from '../sandbox.js';
import { siaranEnv } from '../siaran.js';

/** A job for each recipient is so slow that more of them would tell nothing more. */
const mostForNaive = 100_000;

const warmUpRecipients = 10_000;

export const endToEnd: Case = {
  name: 'end-to-end',
  describe: 'from the first row until the sandbox has accepted every recipient once',
  notes: [
    'siaran: `siaran worker` processes with default settings and a producer, from `startRun` until the run is finished in the ledger.',
    'naive: BullMQ with a job for each recipient, and a worker that makes a file of 1,000 jobs; no ledger. Measured up to 100,000 recipients only.',
    'floor: rows that are in memory already, made into files, uploaded and sent, 4 at a time; no queue, no ledger.',
    'All send with the same client to the same sandbox, are warm when the time begins, and count only if the sandbox has every number exactly once.',
  ],
  tables: [
    {
      columns: [
        { figure: 'perSecond', title: 'recipients/s', shown: whole, spread: true },
        { figure: 'producerPeak', title: "producer's peak memory", shown: megabytes },
        { figure: 'workerPeak', title: "worker's peak memory", shown: megabytes },
        { figure: 'postgresBytes', title: 'Postgres, bytes/recipient', shown: whole },
      ],
    },
    { title: 'Processor time:', columns: processorColumns },
  ],
  compare: ['naive', 'floor'].flatMap((to) =>
    ['siaran, 1 worker', 'siaran, 2 workers'].map((of) => ({ figure: 'perSecond', of, to })),
  ),
  async run(bench) {
    const sandbox = await startSandbox(bench);
    const contenders = bench.options.recipients.flatMap((size) => contendersAt(bench, sandbox, size));
    const measurements = await bench.takeTurns(endToEnd, contenders);
    await sandbox.kill();
    return measurements;
  },
};

function contendersAt(bench: Bench, sandbox: Sandbox, recipients: number): Contender[] {
  const siaran = [1, 2].map((workers) => ({
    name: `siaran, ${workers} ${workers === 1 ? 'worker' : 'workers'}`,
    recipients,
    measure: () => measureSiaran(bench, sandbox, { recipients, workers }),
  }));
  const naive = { name: 'naive', recipients, measure: () => measureNaive(bench, sandbox, recipients) };
  const floor = { name: 'floor', recipients, measure: () => measureFloor(bench, sandbox, recipients) };
  return [...siaran, ...(recipients <= mostForNaive ? [naive] : []), floor];
}

async function measureNaive(bench: Bench, sandbox: Sandbox, recipients: number): Promise<Figures> {
  await begin(bench, sandbox);
  const worker = await hire(bench, sandbox, 'naive-worker');
  const producer = await hire(bench, sandbox, 'add-bulk');
  const broadcast = (request: { recipients: number; from: number }) =>
    Promise.all([producer.ask(request), worker.ask(request)]);
  await broadcast({ recipients: warmUpRecipients, from: warmUpFrom });
  await sandbox.reset();

  const processors = measureProcessors(bench, { producer, worker, sandbox });
  const started = performance.now();
  await broadcast({ recipients, from: 0 });
  const ms = performance.now() - started;
  const used = processors();

  await requireEachOnce(sandbox, recipients);
  const figures = {
    perSecond: (recipients / ms) * 1_000,
    producerPeak: peakMemory(producer.pid),
    workerPeak: peakMemory(worker.pid),
    ...used,
  };
  await Promise.all([producer.kill(), worker.kill()]);
  return figures;
}

async function measureFloor(bench: Bench, sandbox: Sandbox, recipients: number): Promise<Figures> {
  await begin(bench, sandbox);
  const worker = await hire(bench, sandbox, 'floor');
  await worker.ask({ do: 'load', recipients: warmUpRecipients, from: warmUpFrom });
  await worker.ask({ do: 'send' });
  await sandbox.reset();
  await worker.ask({ do: 'load', recipients, from: 0 });

  const processors = measureProcessors(bench, { worker, sandbox });
  const started = performance.now();
  await worker.ask({ do: 'send' });
  const ms = performance.now() - started;
  const used = processors();

  await requireEachOnce(sandbox, recipients);
  const figures = { perSecond: (recipients / ms) * 1_000, workerPeak: peakMemory(worker.pid), ...used };
  await worker.kill();
  return figures;
}

async function begin({ services }: Bench, sandbox: Sandbox): Promise<void> {
  await services.clean();
  await sandbox.reset();
}

function hire(bench: Bench, sandbox: Sandbox, name: string) {
  const env = { ...siaranEnv(bench), ...sandbox.env };
  return bench.staff.hire({ name, script: `.siaran/bench/bench/contenders/${name}.js`, env });
}
