import type { Bench, Case, Contender, Figures } from '../case.js';
import type { MessagesSent } from '../contenders/messages/time-messages.js';
import { oneDecimal, whole } from '../figures.js';
import { measureProcessors } from '../measures/processors.js';
import { warmUpFrom } from '../rows.js';
import { requireEachOnce, type Sandbox, startSandbox } from '../sandbox.js';
import { hireProducer, hireWorker, requireDelivered, siaranEnv, untilFinished } from '../siaran.js';
import type { Hand } from '../staff.js';

const atOnce = 16;
const warmUpMessages = 500;

const names = {
  one: 'siaran, one after the other',
  oneBare: 'bare calls, one after the other',
  many: `siaran, ${atOnce} at once`,
  manyBare: `bare calls, ${atOnce} at once`,
  run: 'siaran, a run of messages',
  runNaive: 'naive, a job for each',
};

export const messages: Case = {
  name: 'messages',
  describe: 'single messages, from the call until it is told that the sandbox has accepted it; and a run of them',
  notes: [
    'siaran: one `siaran worker` with default settings, idle before. A message is a call of `sendMessage`; a run is enqueued with `delivery: individual`.',
    'bare calls: the same client, without anything around it: what the provider itself takes.',
    'naive: BullMQ with a job for each message, and a worker that makes one call with the same client, as many at a time as a worker of Siaran; no ledger.',
  ],
  tables: [
    {
      columns: [
        { figure: 'perSecond', title: 'messages/s', shown: whole, spread: true },
        { figure: 'p50', title: 'median ms', shown: oneDecimal, spread: true },
        { figure: 'p99', title: 'p99 ms', shown: oneDecimal, spread: true },
      ],
    },
    {
      title: 'Processor time, µs/message:',
      columns: ['Producer', 'Worker', 'Postgres', 'Redis', 'Sandbox', 'Total'].map((name) => ({
        figure: `processor${name}`,
        title: name === 'Producer' ? 'caller' : name === 'Total' ? 'all' : name === 'Worker' ? 'worker' : name,
        shown: whole,
      })),
    },
  ],
  compare: [
    { figure: 'perSecond', of: names.run, to: names.runNaive },
    { figure: 'perSecond', of: names.many, to: names.manyBare },
  ],
  async run(bench) {
    const sandbox = await startSandbox(bench);
    const measurements = await bench.takeTurns(messages, contenders(bench, sandbox));
    await sandbox.kill();
    return measurements;
  },
};

function contenders(bench: Bench, sandbox: Sandbox): Contender[] {
  const [ofOne, ofMany, ofRun] = [bench.sized(200), bench.sized(2_000), bench.sized(3_000)];
  const single = (name: string, recipients: number, lanes: number, isBare: boolean) => ({
    ...{ name, recipients },
    measure: () => measureCalls(bench, sandbox, recipients, lanes, isBare),
  });
  return [
    single(names.one, ofOne, 1, false),
    single(names.oneBare, ofOne, 1, true),
    single(names.many, ofMany, atOnce, false),
    single(names.manyBare, ofMany, atOnce, true),
    { name: names.run, recipients: ofRun, measure: () => measureRun(bench, sandbox, ofRun) },
    { name: names.runNaive, recipients: ofRun, measure: () => measureNaive(bench, sandbox, ofRun) },
  ];
}

async function measureCalls(
  bench: Bench,
  sandbox: Sandbox,
  count: number,
  lanes: number,
  isBare: boolean,
): Promise<Figures> {
  await begin(bench, sandbox);
  const worker = isBare ? undefined : await hireWorker(bench, sandbox);
  const producer = await hire(bench, sandbox, isBare ? 'messages/bare-messages' : 'messages/siaran-messages');
  await producer.ask({ messages: bench.sized(warmUpMessages), from: warmUpFrom, atOnce });
  await sandbox.reset();
  const used = each(bench, count, { producer, worker, sandbox });
  const { ms, p50, p99 } = await producer.ask<MessagesSent>({ messages: count, from: 0, atOnce: lanes });
  const figures = { perSecond: (count / ms) * 1_000, p50, p99, ...used() };
  await requireEachOnce(sandbox, count);
  await Promise.all([producer.kill(), worker?.kill()]);
  return figures;
}

/** From the first row until the run is finished. */
async function measureRun(bench: Bench, sandbox: Sandbox, ofRun: number): Promise<Figures> {
  await begin(bench, sandbox);
  const worker = await hireWorker(bench, sandbox);
  const producer = await hireProducer(bench);
  const broadcast = async (key: string, recipients: number, from: number) => {
    const { runId } = await producer.broadcast({ key, recipients, from, individual: true });
    await untilFinished(bench, key);
    return runId;
  };
  await broadcast('warm-up', bench.sized(warmUpMessages), warmUpFrom);
  await sandbox.reset();
  const used = each(bench, ofRun, { producer, worker, sandbox });
  const started = performance.now();
  const runId = await broadcast('measured', ofRun, 0);
  const figures = { perSecond: (ofRun / (performance.now() - started)) * 1_000, ...used() };
  await requireDelivered(producer, runId, ofRun);
  await requireEachOnce(sandbox, ofRun);
  await Promise.all([producer.kill(), worker.kill()]);
  return figures;
}

async function measureNaive(bench: Bench, sandbox: Sandbox, ofRun: number): Promise<Figures> {
  await begin(bench, sandbox);
  const worker = await hire(bench, sandbox, 'messages/naive-messages');
  const producer = await hire(bench, sandbox, 'add-bulk');
  const broadcast = (recipients: number, from: number) =>
    Promise.all([producer.ask({ recipients, from }), worker.ask({ recipients })]);
  await broadcast(bench.sized(warmUpMessages), warmUpFrom);
  await sandbox.reset();
  const used = each(bench, ofRun, { producer, worker, sandbox });
  const started = performance.now();
  await broadcast(ofRun, 0);
  const figures = { perSecond: (ofRun / (performance.now() - started)) * 1_000, ...used() };
  await requireEachOnce(sandbox, ofRun);
  await Promise.all([producer.kill(), worker.kill()]);
  return figures;
}

async function begin({ services }: Bench, sandbox: Sandbox): Promise<void> {
  await services.clean();
  await sandbox.reset();
}

function hire(bench: Bench, sandbox: Sandbox, name: string): Promise<Hand> {
  const env = { ...siaranEnv(bench), ...sandbox.env };
  return bench.staff.hire({ name, script: `.siaran/bench/bench/contenders/${name}.js`, env });
}

type Hands = { producer: { pid: number }; worker: { pid: number } | undefined; sandbox: Sandbox };

/** Processor time of each message, in microseconds. */
function each(bench: Bench, count: number, hands: Hands): () => Figures {
  const used = measureProcessors(bench, hands);
  return () => {
    const { sandboxShare: _, ...seconds } = used();
    return Object.fromEntries(Object.entries(seconds).map(([name, value]) => [name, ((value ?? 0) / count) * 1e6]));
  };
}
