import type { Bench, Case, Contender, Figures } from '../case.js';
import type { SendRequest, Sent } from '../contenders/callback-sender.js';
import { milliseconds, oneDecimal, whole } from '../figures.js';
import { measureProcessors } from '../measures/processors.js';
import { siaranEnv } from '../siaran.js';
import type { Hand } from '../staff.js';

const secret = 'secret-of-the-benchmark-';
const statuses = ['sent', 'delivered', 'read'];
const inFlight = 32;
type Load = { messages: number; packed: number };
/** Single callbacks, and packed ones. */
const loadsOf = ({ sized }: Bench): [Load, Load] => [
  { messages: sized(20_000), packed: 1 },
  { messages: sized(60_000), packed: 1_000 },
];

const names = {
  siaran: 'siaran',
  many: 'siaran, 100,000 runs',
  naive: 'naive: one upsert a status',
  limit: 'limit: 1,000 rows a statement',
  siaranPacked: 'siaran, 1,000 statuses a callback',
};

export const callbacks: Case = {
  name: 'callbacks',
  describe: 'callbacks that tell of each message that it was sent, delivered and read',
  notes: [
    `${inFlight} callbacks wait for their answer at any time, each on a connection that is kept. One is answered once it is in Postgres.`,
    'siaran finds the broadcast of each message, by its number and the time, when it is first told of.',
    `100,000 runs: as many runs stand in the ledger beside, one of 1,000 began within the ${72} hours that a message may take.`,
    'naive: fastify with a pool of 10 connections; it finds no broadcast. limit: the same rows by one connection, without HTTP.',
  ],
  tables: [
    {
      columns: [
        { figure: 'perSecond', title: 'statuses/s', shown: whole, spread: true },
        { figure: 'sentPerSecond', title: 'first ones/s', shown: whole },
        { figure: 'p50', title: 'median', shown: milliseconds },
        { figure: 'p99', title: 'p99', shown: milliseconds, spread: true },
        { figure: 'processorReceiver', title: 'receiver, processor µs/status', shown: oneDecimal },
        { figure: 'processorPostgres', title: 'Postgres, processor µs/status', shown: oneDecimal },
      ],
    },
  ],
  compare: [
    { figure: 'perSecond', of: names.siaran, to: names.naive },
    { figure: 'perSecond', of: names.siaranPacked, to: names.limit },
  ],
  run: (bench) => bench.takeTurns(callbacks, contenders(bench)),
};

function contenders(bench: Bench): Contender[] {
  const [single, packed] = loadsOf(bench);
  return [
    { name: names.siaran, recipients: single.messages, measure: () => measureSiaran(bench, single) },
    {
      name: names.many,
      recipients: single.messages,
      measure: () => measureSiaran(bench, single, bench.sized(100_000)),
    },
    { name: names.naive, recipients: single.messages, measure: () => measureNaive(bench, single) },
    { name: names.siaranPacked, recipients: packed.messages, measure: () => measureSiaran(bench, packed) },
    { name: names.limit, recipients: packed.messages, measure: () => measureLimit(bench, packed) },
  ];
}

async function measureSiaran(bench: Bench, load: Load, otherRuns = 0): Promise<Figures> {
  await bench.services.clean();
  await fillLedger(bench, load.messages, otherRuns);
  const receiver = await bench.staff.hire({
    name: 'receiver',
    script: 'dist/program/main.js',
    args: ['callbacks', '--port', '0', '--json'],
    env: { ...siaranEnv(bench), SIARAN_CALLBACK_SECRET: secret },
  });
  const { url } = receiver.greeting as { url: string };
  const figures = await post(bench, receiver, {
    ...load,
    port: Number(new URL(url).port),
    path: `/callbacks/qiscus/${secret}`,
  });
  await receiver.kill();
  const [read] = await bench.services.query<{ n: number }>(
    "SELECT count(*)::int AS n FROM broadcast_logs WHERE status = 'read'",
  );
  if (read?.n !== load.messages) throw new Error(`${read?.n} of ${load.messages} messages are read`);
  return figures;
}

async function measureNaive(bench: Bench, single: Load): Promise<Figures> {
  await bench.services.clean();
  await createTable(bench);
  const receiver = await bench.staff.hire({
    name: 'naive receiver',
    script: '.siaran/bench/bench/contenders/naive-receiver.js',
    env: siaranEnv(bench),
  });
  const { port } = await receiver.ask<{ port: number }>({});
  const figures = await post(bench, receiver, { ...single, port, path: '/callbacks' });
  await receiver.kill();
  return figures;
}

async function post(bench: Bench, receiver: Hand, to: Load & Pick<SendRequest, 'port' | 'path'>): Promise<Figures> {
  const sender = await bench.staff.hire({
    name: 'sender',
    script: '.siaran/bench/bench/contenders/callback-sender.js',
    env: {},
  });
  const processors = measureProcessors(bench, { worker: receiver, sandbox: undefined });
  const sent: Sent[] = [];
  for (const status of statuses) sent.push(await sender.ask<Sent>({ ...to, from: 0, status, inFlight }));
  const { processorWorker = 0, processorPostgres = 0 } = processors();
  await sender.kill();
  const told = to.messages * statuses.length;
  const ms = sent.reduce((sum, part) => sum + part.ms, 0);
  return {
    perSecond: (told / ms) * 1_000,
    sentPerSecond: (to.messages / (sent[0]?.ms ?? Number.NaN)) * 1_000,
    p50: Math.max(...sent.map(({ p50 }) => p50)),
    p99: Math.max(...sent.map(({ p99 }) => p99)),
    processorReceiver: (processorWorker * 1_000_000) / told,
    processorPostgres: (processorPostgres * 1_000_000) / told,
  };
}

async function measureLimit(bench: Bench, packed: Load): Promise<Figures> {
  await bench.services.clean();
  await createTable(bench);
  const begun = performance.now();
  for (const status of statuses)
    for (let from = 0; from < packed.messages; from += packed.packed)
      await bench.services.query(
        `INSERT INTO naive_statuses (message_id, phone_number, status, status_at)
         SELECT 'wamid.' || n, 6281200000000 + n, $3, now() FROM generate_series($1::int, $2::int - 1) AS n
         ON CONFLICT (message_id) DO UPDATE SET status = excluded.status, status_at = excluded.status_at`,
        [from, from + packed.packed, status],
      );
  return { perSecond: ((packed.messages * statuses.length) / (performance.now() - begun)) * 1_000 };
}

async function createTable({ services }: Bench): Promise<void> {
  await services.query(
    'CREATE TABLE naive_statuses (message_id TEXT PRIMARY KEY, phone_number BIGINT, status TEXT, status_at TIMESTAMPTZ)',
  );
}

/** A run that was handed over a minute ago, and others that are of no concern to it. */
async function fillLedger({ services }: Bench, messages: number, otherRuns: number): Promise<void> {
  const run = (from: string) => `
    INSERT INTO runs (id, name, account, template_detail_id, separator, delivery, created_at, sealed_at, drained_at, finished_at)
    SELECT id, id, 'default', 172, ',', '{}', at, at, at, at FROM (${from}) AS made(id, at)`;
  const batch = (from: string) => `
    INSERT INTO batches (id, run_id, account, number, size, status, closed_at, attempts, broadcast_file_id, broadcast_job_id, handed_over_at, scheduled_at)
    SELECT run_id || '-' || lpad(number::text, 4, '0'), run_id, 'default', number, size, 'scheduled', at, 1, 1, 1, at, at
    FROM (${from}) AS made(run_id, number, size, at)`;
  await services.query(run(`VALUES ('told', now() - interval '1 minute')`));
  await services.query(
    batch(
      `SELECT 'told', n, 1000, now() - interval '1 minute' FROM generate_series(1, ${Math.ceil(messages / 1_000)}) AS n`,
    ),
  );
  await services.query(
    `INSERT INTO recipients (run_number, batch_number, phone_number)
     SELECT (SELECT number FROM runs WHERE id = 'told'), 1 + n / 1000, 6281200000000 + n FROM generate_series(0, ${messages - 1}) AS n`,
  );
  const others = `generate_series(1, ${otherRuns}) AS n`;
  // Most are older than a message may take; a hundred are not.
  const at = `now() - interval '1 hour' * (CASE WHEN n % 1000 = 0 THEN n / 2000 ELSE 200 + n / 100 END)`;
  await services.query(run(`SELECT 'other' || n, ${at} FROM ${others}`));
  await services.query(batch(`SELECT 'other' || n, 1, 20, ${at} FROM ${others}`));
  await services.query(
    `INSERT INTO recipients (run_number, batch_number, phone_number)
     SELECT r.number, 1, 6281300000000 + n FROM runs r, generate_series(1, 20) AS n WHERE r.id LIKE 'other%'`,
  );
  await services.query('VACUUM ANALYZE');
}
