import { join } from 'node:path';
import pg from 'pg';
import { openSiaran } from '../../dist/src/index.js';
import { startSandbox } from '../../dist/src/sandbox/server.js';
import { root, run } from '../package/run.mjs';

const people = 5_000;
const columns = ['phone_number', 'customer_name', 'body_variable1'];
const templateDetailId = 172;
const message = { templateDetailId, channelId: 534, templateName: 'reminder', namespace: 'ns', language: 'id' };

/** A program with a database that is migrated, and a sandbox. */
export async function openTrial({ databaseUrl, redisUrl, prefix }) {
  const sandbox = await startSandbox({ appId: 'app', secretKey: 'sandbox-secret' });
  const env = {
    ...{ DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, SIARAN_PREFIX: prefix, LOG_LEVEL: 'silent' },
    ...{ QISCUS_BASE_URL: sandbox.url, QISCUS_APP_ID: 'app', QISCUS_SECRET_KEY: 'sandbox-secret' },
    ...{ SIARAN_RECONCILE_EVERY: '400ms', SIARAN_DEFAULT_COUNTRY: 'ID' },
  };
  const siaran = openSiaran(env);
  return {
    play: () => play(siaran, sandbox, databaseUrl),
    askDoctor: () => askDoctor(env),
    close: () => siaran.close().finally(() => sandbox.close()),
  };
}

/**
 * Sends to 5,000 people through a worker and the sandbox: with a duplicate, a suppressed number, a row that can't be sent, and uploads that
 * fail and are repeated. Then more is asked of the ledger. Returns how many got a message. @throws an error that says what isn't as it has to be.
 */
async function play(siaran, sandbox, databaseUrl) {
  const received = () => [...sandbox.accepted.deliveries().values()];
  await siaran.work();
  sandbox.setFaults([{ on: 'upload', kind: 'http', status: 503, times: 2 }]);
  await siaran.suppress([numberOf(7)], { reason: 'asked to be left alone' });
  const list = { name: 'All', templateDetailId, columns, recipients: rows() };
  const { runId, rejected } = await siaran.broadcast({ key: 'all', ...list });
  const { recipients, outcome } = await finished(siaran, runId);
  const wanted = { outcome: 'handed_over', rejected: 1, scheduled: people - 1, duplicates: 1, suppressed: 1 };
  expectThat({ ...recipients, outcome, rejected }, wanted);
  expectThat({ numbers: received().length, most: Math.max(...received()) }, { numbers: people - 1, most: 1 });
  await expectOrder(siaran, runId);

  await enqueueInTransaction(siaran, databaseUrl);
  const variables = { phoneNumber: numberOf(people + 2), variables: ['a'] };
  const { status } = await siaran.sendMessage({ key: 'one', ...variables, ...message });
  expectThat({ status }, { status: 'scheduled' });
  await look(siaran, runId);
  await siaran.forget(numberOf(3), { by: 'a try' });
  await expectOrder(siaran, runId);
  const most = Math.max(...received());
  expectThat({ numbers: received().length, most }, { numbers: people + 1, most: 1 });
  return received().length;
}

/** In a transaction of the program's own, which a function in the database makes possible. */
async function enqueueInTransaction(siaran, databaseUrl) {
  const { id } = await siaran.startRun({ key: 'in', name: 'In', templateDetailId, columns });
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('BEGIN');
    await siaran.enqueueIn(client, 'in', [rowOf(people + 1)]);
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
  await siaran.seal(id);
  expectThat(await finished(siaran, id), { outcome: 'handed_over' });
  await expectOrder(siaran, id);
}

/** What commands and pages show: each has statements of its own. */
async function look(siaran, runId) {
  const runs = await siaran.runs(20, { state: 'finished' });
  const batches = await siaran.batches(runId);
  expectThat({ runs: runs.length > 0, batches: batches.length }, { runs: true, batches: people / 1_000 });
  for (const asked of [siaran.results(runId), siaran.status(), siaran.recipient(numberOf(3)), siaran.stops()])
    await asked;
  for await (const entry of siaran.audit({ action: 'suppress' })) expectThat(entry, { action: 'suppress' });
}

/** What `siaran doctor` would have otherwise, while the worker is at work. */
async function askDoctor(env) {
  const program = join(root, 'dist', 'program', 'main.js');
  const asked = run(process.execPath, [program, 'doctor', '--json'], { env: { ...process.env, ...env } });
  // It ends with 1 where something isn't well, and has told everything all the same.
  const { stdout } = await asked.catch((error) => error);
  // The Postgres of a trial is made to be fast and forgetful.
  const told = JSON.parse(stdout).filter(({ check }) => check !== 'Postgres synchronous_commit');
  // It gives up soon, and a machine that does much else may be slower.
  if (told.some(({ detail }) => detail.startsWith('no answer within'))) return askDoctor(env);
  return told.filter(({ todo }) => todo !== null).map(({ check, detail }) => `${check}: ${detail}`);
}

async function expectOrder(siaran, runId) {
  const verification = await siaran.verify(runId);
  if (!verification.ok) throw new Error(`the ledger is not in order: ${JSON.stringify(verification)}`);
}

function* rows() {
  for (let index = 0; index < people; index += 1) yield rowOf(index);
  yield rowOf(0);
  yield { ...rowOf(1), phone_number: 'none' };
}

function rowOf(index) {
  return { phone_number: numberOf(index), customer_name: `Customer ${index}`, body_variable1: `INV-${index}` };
}

function numberOf(index) {
  return `62812${10_000_000 + index}`;
}

async function finished(siaran, runId) {
  const until = Date.now() + 180_000;
  for await (const run of siaran.watch(runId)) {
    if (run.status === 'finished') return run;
    if (Date.now() > until) throw new Error(`the run is still ${run.status} after 3 minutes`);
  }
  return siaran.run(runId);
}

function expectThat(found, wanted) {
  for (const [name, value] of Object.entries(wanted))
    if (found[name] !== value) throw new Error(`${name} is ${JSON.stringify(found[name])}, not ${value}`);
}
