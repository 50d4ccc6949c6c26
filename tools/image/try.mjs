// Builds the image without an engine, and without a registry of images, and runs it. It needs root, buildah, debootstrap, and the program
// to be built; it isn't a part of the tests:
//   node tools/image/try.mjs [--write]
// --write puts what was tried into docs/reference/compatibility.md. What it makes stays in .siaran/image, and may be deleted.
import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox } from '../../dist/src/sandbox/server.js';
import { startBuffer, startPostgres } from '../databases/servers.mjs';
import { writeTable } from '../package/table.mjs';
import { base, makeBase } from './base.mjs';
import { buildImage, image, sizeOf } from './build.mjs';
import { openImage } from './run.mjs';

const list = 'phone_number,body_variable1\n6281234567890,INV-1\n6281234567891,INV-2\n6281234567892,INV-3\n';

const builtOn = await makeBase();
const lines = await buildImage();
const sizes = (await Promise.all([image, base].map(sizeOf))).join(', of which the base ');
const work = await mkdtemp(join(tmpdir(), 'siaran-image-'));
// The servers run as another user than root, who has to get there.
await chmod(work, 0o755);
const running = [];
try {
  const row = [builtOn, `all ${lines} lines`, sizes, await play()];
  console.log(row.join(' · '));
  if (process.argv.includes('--write'))
    await writeTable('image', ['base', 'Dockerfile', 'image', 'run from it'], [row]);
} finally {
  for (const stop of running.reverse()) await stop();
  await rm(work, { recursive: true, force: true });
}

/** Migrates, works and sends from the image, and is never root. @throws an error that says what isn't as it has to be. */
async function play() {
  const [redis, postgres] = [await startBuffer(join(work, 'redis')), await startPostgres('18', join(work, 'postgres'))];
  const sandbox = await startSandbox({ appId: 'app', secretKey: 'sandbox-secret' });
  const container = await openImage();
  running.push(redis.stop, postgres.stop, () => sandbox.close(), container.close);
  const env = {
    ...{ DATABASE_URL: postgres.url, REDIS_URL: redis.url, SIARAN_RECONCILE_EVERY: '400ms' },
    ...{ QISCUS_BASE_URL: sandbox.url, QISCUS_APP_ID: 'app', QISCUS_SECRET_KEY: 'sandbox-secret' },
  };
  const well = async (ended) => {
    const { code, text } = await ended;
    assert.equal(code, 0, text);
    return text;
  };
  const asWhom = `const { CapEff } = Object.fromEntries(fs.readFileSync('/proc/self/status', 'utf8').split('\\n').map((l) => l.split(':\\t')));
    let written = 'wrote'; try { fs.writeFileSync('/app/x', '') } catch (error) { written = error.code }
    console.log(process.getuid(), CapEff, written)`;
  assert.equal((await well(container.node(asWhom))).trim(), '1000 0000000000000000 EROFS');
  await well(container.siaran(['--version'], {}));
  await well(container.siaran(['migrate'], env));
  const worker = container.work(env);
  running.push(() => {
    worker.stop();
    return worker.ended;
  });
  const send = ['send', '-', '--template-detail-id', '172', '--name', 'Try', '--key', 'try', '--watch'];
  await well(container.siaran(send, env, list));
  assert.deepEqual([...sandbox.accepted.deliveries().values()], [1, 1, 1]);
  await well(container.checkHealth(env));
  // The Postgres of the trial is made to be fast and forgetful.
  const { text } = await container.siaran(['doctor'], env);
  assert.deepEqual(text.match(/^FAIL .*$/gm), ['FAIL  Postgres synchronous_commit   off'], text);
  worker.stop();
  await well(worker.ended);
  return '`--version`, `migrate`, `worker`, `doctor`, `send -`, and the health check';
}
