// Lets the version before and this one work beside each other, as in a rolling upgrade, and checks that each recipient was messaged
// once, each instant of a campaign fired once, and each callback counted once. It needs the program to be built, and the history of git;
// without that it says so, and ends well:
//   npm run build && node tools/upgrade/try.mjs [--before COMMIT,COMMIT] [--write]
// The version before is the latest that was released, or else a commit that lacks the three newest migrations. It is built with
// the packages that are installed here, and kept in .siaran/upgrade. --write puts what was tried into docs/operations/upgrades.md.
import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startServices } from '../../dist/src/local/services.js';
import { startSandbox } from '../../dist/src/sandbox/server.js';
import { root } from '../package/run.mjs';
import { writeTable } from '../package/table.mjs';
import { buildBefore, findBefore } from './before.mjs';
import { playBeside } from './beside.mjs';
import { play } from './play.mjs';
import { startProgram, startServer, startWorker } from './programs.mjs';

const { values: asked } = parseArgs({ options: { before: { type: 'string' }, write: { type: 'boolean' } } });
const commits = (await Promise.all((asked.before?.split(',') ?? [undefined]).map(findBefore))).filter(Boolean);
if (commits.length === 0) console.log('Skipped: the history of git here holds no version before this one.');

const rows = [];
for (const commit of commits) {
  const row = [`\`${commit}\``, ...(await outcomeOf(commit))];
  console.log(row.join(' · '));
  rows.push(row);
}
const columns = [
  ...['before', 'migrations between', 'batches by its workers', 'batches by workers of now', 'outcome'],
  'campaign, admins and receivers of both',
];
if (asked.write && rows.length > 0)
  await writeTable('upgrade', columns, rows, join(root, 'docs/operations/upgrades.md'));
process.exitCode = rows.some((row) => row.at(-1).startsWith('FAILED')) ? 1 : 0;

async function outcomeOf(commit) {
  try {
    const { applied, sent, recipients, beside } = await tryUpgrade(commit);
    const byBefore = `${sent.before} before the migration, ${sent.meanwhile} after it`;
    return [
      applied.length,
      byBefore,
      sent.byNow,
      `${recipients.toLocaleString('en')} recipients, each once; the ledger is in order`,
      `${beside.fired} instants, each once; ${beside.told.toLocaleString('en')} messages, of which both receivers were told, counted once`,
    ];
  } catch (error) {
    return ['-', '-', '-', '-', `FAILED: ${error.message.slice(0, 2_000)}`];
  }
}

async function tryUpgrade(commit) {
  console.log(`Building ${commit}`);
  const before = await buildBefore(commit);
  const work = await mkdtemp(join(tmpdir(), 'siaran-upgrade-'));
  // For root, the servers run as another user, who has to get there.
  await chmod(work, 0o755);
  const toolsDir = join(root, '.siaran', 'tools');
  const services = await startServices({ dir: work, throwaway: true, toolsDir });
  // Each worker hands over a batch in two seconds, so that a run lasts for as long as a deployment.
  const faults = [{ on: 'send', kind: 'latency', latencyMs: 2_000 }];
  const sandbox = await startSandbox({ appId: 'app', secretKey: 'sandbox-secret', faults });
  const started = [];
  try {
    const env = { ...environment(services, sandbox), SIARAN_AUDIENCE_DIR: work };
    const log = () => join(work, `${randomUUID()}.log`);
    const start = {
      worker: (build) => keep(startWorker(build, env, log())),
      server: (build, name) => keep(startServer(build, env, log(), name)),
      program: (build) => keep(startProgram(build, env)),
    };
    const upgrade = await play({ before, now: root, env, sandbox, start });
    return { ...upgrade, beside: await playBeside({ before, now: root, env, sandbox, start }) };
  } finally {
    for (const one of started) one.kill();
    await sandbox.close();
    await services.stop();
    await rm(work, { recursive: true, force: true });
  }

  async function keep(starting) {
    const one = await starting;
    started.push(one);
    return one;
  }
}

/** Nothing of a real installation. */
function environment({ databaseUrl, redisUrl }, sandbox) {
  const others = Object.entries(process.env).filter(([name]) => !/^(SIARAN|QISCUS)_/.test(name));
  return {
    ...Object.fromEntries(others),
    ...{ DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, LOG_LEVEL: 'info', SIARAN_RECONCILE_EVERY: '400ms' },
    ...{ QISCUS_BASE_URL: sandbox.url, QISCUS_APP_ID: 'app', QISCUS_SECRET_KEY: 'sandbox-secret' },
    SIARAN_CONCURRENCY: '1',
    ...{ SIARAN_ADMIN_TOKEN: randomUUID(), SIARAN_CALLBACK_SECRET: randomUUID(), SIARAN_FREE_AUDIENCES: 'on' },
  };
}
