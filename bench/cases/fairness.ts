import type { Bench, Case, Figures } from '../case.js';
import { milliseconds } from '../figures.js';
import { type Sandbox, startSandbox } from '../sandbox.js';
import {
  hireProducer,
  hireWorker,
  type Producer,
  requireDelivered,
  untilFinished,
  untilRow,
  warmUp,
} from '../siaran.js';

const small = { key: 'small', recipients: 1_000, from: 70_000_000 };
const bigKey = 'big';
/** The big run is well under way by then: its producer, its batches and its deliveries are all at work. */
const goingBatches = 50;

export const fairness: Case = {
  name: 'fairness',
  describe: 'a run of 1,000, alone and while one of 1,000,000 is going; one worker',
  notes: [
    `From \`startRun\` until the run of 1,000 is finished. It starts when ${goingBatches} batches of the big run are scheduled, with a producer of its own; the big run is still going when it is finished.`,
  ],
  tables: [{ columns: [{ figure: 'ms', title: 'until finished', shown: milliseconds, spread: true }] }],
  compare: [{ figure: 'ms', of: 'beside a run of 1,000,000', to: 'alone' }],
  async run(bench) {
    const sandbox = await startSandbox(bench);
    const { recipients } = small;
    const measurements = await bench.takeTurns(fairness, [
      { name: 'alone', recipients, measure: () => measure(bench, sandbox, { besideBig: false }) },
      { name: 'beside a run of 1,000,000', recipients, measure: () => measure(bench, sandbox, { besideBig: true }) },
    ]);
    await sandbox.kill();
    return measurements;
  },
};

async function measure(bench: Bench, sandbox: Sandbox, { besideBig }: { besideBig: boolean }): Promise<Figures> {
  await bench.services.clean();
  await sandbox.reset();
  const worker = await hireWorker(bench, sandbox);
  const producer = await hireProducer(bench);
  await warmUp(bench, producer, sandbox);
  const other = besideBig ? await beginBig(bench) : undefined;

  const started = performance.now();
  const [{ runId }] = await Promise.all([producer.broadcast(small), untilFinished(bench, small.key, { everyMs: 10 })]);
  const ms = performance.now() - started;

  await requireDelivered(producer, runId, small.recipients);
  const { mostPerNumber } = await sandbox.summary();
  if (mostPerNumber !== 1) throw new Error(`somebody was sent to ${mostPerNumber} times`);
  if (other) await requireGoing(bench);
  await Promise.all([worker, producer, ...(other ? [other] : [])].map((hand) => hand.kill()));
  return { ms };
}

async function beginBig(bench: Bench): Promise<Producer> {
  const producer = await hireProducer(bench);
  // It is killed long before it is through.
  const [recipients, going] = bench.options.quick ? [100_000, 10] : [1_000_000, goingBatches];
  producer.broadcast({ key: bigKey, recipients, from: 0 }).catch(() => {});
  const isGoing = `SELECT 1 FROM batches b JOIN runs r ON r.id = b.run_id
    WHERE r.key = $1 AND b.status = 'scheduled' HAVING count(*) >= $2`;
  await untilRow(bench, isGoing, [bigKey, going]);
  return producer;
}

async function requireGoing({ services }: Bench): Promise<void> {
  const drained = await services.query('SELECT 1 FROM runs WHERE key = $1 AND drained_at IS NOT NULL', [bigKey]);
  if (drained.length > 0) throw new Error('the big run was over before the small one');
}
