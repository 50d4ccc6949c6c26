import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import type { Bench, Case, Contender, Figures } from '../case.js';
import { milliseconds, whole } from '../figures.js';
import { columns, invoices } from '../rows.js';
import { requireEachOnce, type Sandbox, startSandbox } from '../sandbox.js';
import { hireProducer, hireWorker, siaranEnv, untilFinished, warmUp } from '../siaran.js';

const program = 'dist/program/main.js';
const key = 'measured';
const names = { send: 'siaran send FILE', post: 'posting files', version: 'siaran --version', run: 'siaran run ID' };

export const command: Case = {
  name: 'command',
  describe: 'commands of a terminal: a list that is sent, and short ones',
  notes: [
    'siaran send FILE: from the start of the command until the run is finished in the ledger; one worker with default settings, which is warm.',
    'posting files: from the start of a program until it has uploaded and sent the same rows from CSV files of 1,000, which are there already, 4 at a time with the same client. It checks nothing and remembers nothing.',
  ],
  tables: [
    {
      columns: [
        { figure: 'perSecond', title: 'recipients/s', shown: whole, spread: true },
        { figure: 'ms', title: 'time', shown: milliseconds, spread: true },
      ],
    },
  ],
  compare: [{ figure: 'perSecond', of: names.send, to: names.post }],
  async run(bench) {
    const sandbox = await startSandbox(bench);
    const measurements = await bench.takeTurns(command, contenders(bench, sandbox));
    await sandbox.kill();
    return measurements;
  },
};

function contenders(bench: Bench, sandbox: Sandbox): Contender[] {
  const recipients = bench.sized(200_000);
  return [
    {
      name: names.send,
      recipients,
      measure: () => inFolder(bench, (dir) => measureSend(bench, sandbox, recipients, dir)),
    },
    {
      name: names.post,
      recipients,
      measure: () => inFolder(bench, (dir) => measurePosting(bench, sandbox, recipients, dir)),
    },
    { name: names.version, recipients: 0, measure: () => measureShort(bench, ['--version']) },
    { name: names.run, recipients: 1_000, measure: () => measureRun(bench, sandbox) },
  ];
}

async function measureSend(bench: Bench, sandbox: Sandbox, recipients: number, dir: string): Promise<Figures> {
  const file = join(dir, 'list.csv');
  await writeRows(file, 0, recipients);
  await begin(bench, sandbox);
  const worker = await hireWorker(bench, sandbox);
  const producer = await hireProducer(bench);
  await warmUp(bench, producer, sandbox);
  await producer.kill();
  const begun = performance.now();
  const args = ['send', file, '--name', 'Invoices', '--template-detail-id', '172', '--key', key, '--yes'];
  await Promise.all([runSiaran(bench, args), untilFinished(bench, key, { everyMs: 10 })]);
  const ms = performance.now() - begun;
  await requireEachOnce(sandbox, recipients);
  await worker.kill();
  return { perSecond: (recipients / ms) * 1_000, ms };
}

async function measurePosting(bench: Bench, sandbox: Sandbox, recipients: number, dir: string): Promise<Figures> {
  for (let from = 0; from < recipients; from += 1_000)
    await writeRows(join(dir, `${from}.csv`), from, Math.min(1_000, recipients - from));
  await begin(bench, sandbox);
  const begun = performance.now();
  await bench.staff.run({
    name: names.post,
    script: '.siaran/bench/bench/contenders/post-files.js',
    args: [dir],
    env: sandbox.env,
  });
  const ms = performance.now() - begun;
  await requireEachOnce(sandbox, recipients);
  return { perSecond: (recipients / ms) * 1_000, ms };
}

async function measureRun(bench: Bench, sandbox: Sandbox): Promise<Figures> {
  await begin(bench, sandbox);
  const producer = await hireProducer(bench);
  const { runId } = await producer.broadcast({ key, recipients: 1_000, from: 0 });
  await producer.kill();
  return measureShort(bench, ['run', runId]);
}

async function measureShort(bench: Bench, args: readonly string[]): Promise<Figures> {
  const begun = performance.now();
  await runSiaran(bench, args);
  return { ms: performance.now() - begun };
}

function runSiaran(bench: Bench, args: readonly string[]): Promise<void> {
  return bench.staff.run({ name: `siaran ${args[0]}`, script: program, args, env: siaranEnv(bench) });
}

async function begin({ services }: Bench, sandbox: Sandbox): Promise<void> {
  await services.clean();
  await sandbox.reset();
}

async function writeRows(file: string, from: number, count: number): Promise<void> {
  const text = stringify({ columns: [...columns], header: true, record_delimiter: '\r\n' });
  await pipeline(Readable.from(invoices(count, from)), text, createWriteStream(file));
}

async function inFolder(bench: Bench, work: (dir: string) => Promise<Figures>): Promise<Figures> {
  const dir = join(bench.dir, 'files');
  await mkdir(dir);
  try {
    return await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
