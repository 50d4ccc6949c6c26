import type { Bench, Figures } from '../case.js';
import type { Sandbox } from '../sandbox.js';
import { requireEachOnce } from '../sandbox.js';
import { hireProducer, hireWorker, requireDelivered, untilFinished, warmUp } from '../siaran.js';
import { ledgerSize } from './ledger-size.js';
import { peakMemory } from './proc.js';
import { measureProcessors } from './processors.js';

/**
 * One run from `startRun` until it is finished, with processes of its own that are warm when the time begins.
 * `meanwhile` adds figures that have to be taken while it goes on.
 */
export async function measureSiaran(
  bench: Bench,
  sandbox: Sandbox,
  { recipients, workers: count }: { recipients: number; workers: number },
): Promise<Figures> {
  const { services } = bench;
  await services.clean();
  await sandbox.reset();
  const workers = await Promise.all(Array.from({ length: count }, () => hireWorker(bench, sandbox)));
  const producer = await hireProducer(bench);
  await warmUp(bench, producer, sandbox);

  const sizeBefore = await ledgerSize(bench);
  const [first, second] = workers;
  const processors = measureProcessors(bench, { producer, worker: first, worker2: second, sandbox });
  let redisPeak = 0;
  const meanwhile = async () => {
    redisPeak = Math.max(redisPeak, await services.redisMemory());
  };
  const started = performance.now();
  const broadcasting = producer.broadcast({ key: 'measured', recipients, from: 0 });
  // If the producer fails, it is this that says why, and not a run that never ends.
  const [{ runId }] = await Promise.all([
    broadcasting,
    Promise.race([untilFinished(bench, 'measured', { meanwhile }), broadcasting.then(() => new Promise(() => {}))]),
  ]);
  const ms = performance.now() - started;
  const used = processors();

  await requireDelivered(producer, runId, recipients);
  await requireEachOnce(sandbox, recipients);
  const sizeAfter = await ledgerSize(bench);
  const figures = {
    perSecond: (recipients / ms) * 1_000,
    microseconds: (ms * 1_000) / recipients,
    producerPeak: peakMemory(producer.pid),
    workerPeak: Math.max(...workers.map(({ pid }) => peakMemory(pid))),
    redisPeak,
    postgresBytes: (sizeAfter.recipients - sizeBefore.recipients) / recipients,
    ledgerBytes: (sizeAfter.whole - sizeBefore.whole) / recipients,
    ...used,
  };
  await Promise.all([producer, ...workers].map((hand) => hand.kill()));
  return figures;
}
