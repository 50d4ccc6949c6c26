import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, Case, Figures } from '../case.js';
import { milliseconds } from '../figures.js';
import { requireEachOnce, startSandbox } from '../sandbox.js';
import { hireProducer, hireWorker, requireDelivered, untilFinished, untilRow, warmUp } from '../siaran.js';

/** As many batches as a worker delivers at the same time by default: the other one has none. */
const batches = 4;
const recipients = batches * 1_000;

export const recovery: Case = {
  name: 'recovery',
  describe: 'a worker is killed while it uploads; until another one goes on with its batches',
  notes: [
    `A worker is killed with SIGKILL while ${batches} of its uploads wait for an answer. Another one, idle until then, has default settings too.`,
    'At the end every recipient was sent to once.',
  ],
  tables: [
    {
      columns: [
        { figure: 'firstMs', title: 'until the first batch goes on', shown: milliseconds, spread: true },
        { figure: 'allMs', title: 'until all are scheduled', shown: milliseconds, spread: true },
      ],
    },
  ],
  compare: [],
  run(bench) {
    let round = 0;
    const measureNext = () => {
      round += 1;
      return measure(bench, round);
    };
    return bench.takeTurns(recovery, [{ name: 'siaran, 1 of 2 workers killed', recipients, measure: measureNext }]);
  },
};

async function measure(bench: Bench, round: number): Promise<Figures> {
  await bench.services.clean();
  // One of its own: the uploads of the dead would end in the next round.
  const sandbox = await startSandbox(bench);
  const [doomed, producer] = [await hireWorker(bench, sandbox), await hireProducer(bench)];
  await warmUp(bench, producer, sandbox);
  await sandbox.setFaults([{ on: 'upload', kind: 'latency', latencyMs: 25_000 }]);
  const { runId } = await producer.broadcast({ key: 'measured', recipients, from: 0 });
  while ((await sandbox.summary()).requests.upload < batches) await sleep(20);
  await sandbox.setFaults([]);
  const other = await hireWorker(bench, sandbox);
  // The other one has come to rest, and is at another point of its own clocks each round.
  await sleep(2_000 + ((round * 700) % 2_000));

  const started = performance.now();
  await doomed.kill();
  const goesOn = "SELECT 1 FROM batches WHERE run_id = $1 AND status <> 'pending'";
  await untilRow(bench, goesOn, [runId], { everyMs: 10 });
  const firstMs = performance.now() - started;
  await untilFinished(bench, 'measured', { everyMs: 10 });
  const allMs = performance.now() - started;

  await requireDelivered(producer, runId, recipients);
  await requireEachOnce(sandbox, recipients);
  await Promise.all([producer, other, sandbox].map((hand) => hand.kill()));
  return { firstMs, allMs };
}
