// Starts docker-compose.yml as it stands, with an engine of Docker and without a registry of images, sends to three people, and stops it. It
// needs docker with compose, root, buildah, debootstrap, and the program to be built; it isn't a part of the tests:
//   node tools/compose/try.mjs [--built] [--write]
// With --built, Siaran's image is the one that tools/image/try.mjs has left. --write puts what was tried into docs/reference/compatibility.md. What it makes stays in .siaran/compose, and may be deleted.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root, run } from '../package/run.mjs';
import { writeTable } from '../package/table.mjs';
import { docker, folder, images, makeImages } from './images.mjs';

const list = 'phone_number,body_variable1\n6281234567890,INV-1\n6281234567891,INV-2\n6281234567892,INV-3\n';
const program = ['node', 'dist/program/main.js'];
const callbackSecret = 'a-secret-of-callbacks';
const secrets = {
  'qiscus-secret-key': 'sandbox-secret',
  'admin-token': randomBytes(32).toString('hex'),
  'callback-secret': callbackSecret,
};
const env = `QISCUS_APP_ID=app
QISCUS_BASE_URL=http://sandbox:4010
QISCUS_SECRET_KEY_FILE=./secrets/qiscus-secret-key
SIARAN_ADMIN_TOKEN_FILE=./secrets/admin-token
SIARAN_CALLBACK_SECRET_FILE=./secrets/callback-secret
SIARAN_RECONCILE_EVERY=400ms
POSTGRES_IMAGE=${images.postgres}
REDIS_IMAGE=${images.redis}
`;
// Qiscus is not asked.
const callbacks = `http://admin:3000/callbacks/qiscus/${callbackSecret}`;
const override = `services:
  sandbox:
    image: siaran
    command: [sandbox, --host, 0.0.0.0, --app-id, app, --secret-key, sandbox-secret, --callbacks, '${callbacks}']
    healthcheck: { disable: true }
`;

await makeImages(process.argv.includes('--built'));
// Below the project, where an engine on another machine's disk, or in a namespace of its own, sees it as well.
const work = await mkdtemp(join(folder, 'try-'));
const compose = (...args) => run('docker', ['compose', '--profile', 'admin', ...args], { cwd: work });
try {
  for (const name of ['docker-compose.yml', 'docker'])
    await cp(join(root, name), join(work, name), { recursive: true });
  await writeFile(join(work, '.env'), env);
  await writeFile(join(work, 'docker-compose.override.yml'), override);
  await run('sh', ['docker/make-secrets.sh'], { cwd: work });
  for (const [name, secret] of Object.entries(secrets)) await writeFile(join(work, 'secrets', name), `${secret}\n`);
  const said = await play();
  const versions = [
    await docker('version', '--format', '{{.Server.Version}}'),
    (await compose('version', '--short')).stdout,
  ];
  const row = [`Docker ${versions[0]}, compose ${versions[1].trim()}`, ...said];
  console.log(row.join(' · '));
  if (process.argv.includes('--write')) await writeTable('compose', ['engine', 'started', 'a run', 'stopped'], [row]);
} finally {
  await compose('logs', '--no-color').then(
    ({ stdout }) => writeFile(join(folder, 'log'), stdout),
    () => {},
  );
  await compose('down', '--volumes', '--timeout', '60').catch((error) => console.error(error.message));
  await rm(work, { recursive: true, force: true });
}

/** What was seen of it. @throws an error that says what isn't as it has to be. */
async function play() {
  await compose('up', '--detach', '--no-build', '--scale', 'worker=2');
  await healthy({ postgres: 1, redis: 1, worker: 2, admin: 1 });
  const [migrated] = (await all()).filter(({ Service }) => Service === 'migrate');
  assert.deepEqual([migrated.State, migrated.ExitCode], ['exited', 0]);

  await writeFile(join(work, 'list.csv'), list);
  const send =
    'docker compose run --rm -T worker send - --template-detail-id 172 --name Try --key try --watch --json < list.csv';
  const { stdout } = await run('sh', ['-c', send], { cwd: work });
  const { runId, run: sent } = JSON.parse(stdout);
  assert.deepEqual([sent.outcome, sent.recipients.scheduled], ['handed_over', 3], stdout);
  await siaran('verify', runId);
  await read(runId);
  // The sandbox has no TLS.
  const { stdout: told } = await compose('exec', '-T', 'worker', ...program, 'doctor').catch((error) => error);
  assert.deepEqual(told.match(/^FAIL +.*?(?= {2,}\S)/gm), ['FAIL  Qiscus over TLS'], told);
  await compose('stop', '--timeout', '60');
  const ended = (await all()).filter(({ Service }) => ['worker', 'admin', 'postgres', 'redis'].includes(Service));
  assert.deepEqual([...new Set(ended.map(({ ExitCode }) => ExitCode))], [0], JSON.stringify(ended));
  await compose('start', 'postgres', 'redis', 'migrate', 'worker');
  await healthy({ postgres: 1, redis: 1, worker: 2 });
  await siaran('verify', runId);
  return [
    'Postgres, Redis, two workers and the admin, all healthy; the migration ended with 0',
    'three people, each read by its callback; the ledger is in order, also after a stop and a start',
    'each with 0',
  ];
}

async function siaran(...args) {
  return (await compose('exec', '-T', 'worker', ...program, ...args)).stdout;
}

async function all() {
  const { stdout } = await compose('ps', '--all', '--format', 'json');
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

async function standing() {
  return (await all()).map(({ Name, Status }) => `${Name} ${Status}`).join(', ');
}

async function healthy(wanted) {
  await until(`${JSON.stringify(wanted)} are healthy`, async () => {
    const found = await all();
    const count = (name) => found.filter(({ Service, Health }) => Service === name && Health === 'healthy').length;
    return Object.entries(wanted).every(([name, times]) => count(name) === times);
  });
}

/** The receiver is the admin, and the sandbox tells it what becomes of each message. */
async function read(runId) {
  await until('three are read', async () => JSON.parse(await siaran('results', runId, '--json')).read === 3);
}

async function until(what, isSo) {
  const over = Date.now() + 300_000;
  while (!(await isSo())) {
    if (Date.now() > over) throw new Error(`After five minutes it isn't so that ${what}: ${await standing()}`);
    await sleep(1_000);
  }
}
