import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, stat, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { audienceRole } from '../../src/local/audience-role.js';
import { type Services, startServices } from '../../src/local/services.js';
import { migrate } from '../../src/store/migrations/migrate.js';

export type Given = { rootDir: string; watch: boolean; watchAll: boolean };

declare global {
  var siaranTestServices: { services: Services; dir: string } | undefined;
}

export async function setUp({ rootDir, watch, watchAll }: Given): Promise<void> {
  if (watch || watchAll) await buildChanged(rootDir);
  if (!existsSync(join(rootDir, 'dist', 'program')))
    throw new Error('The built program is missing: run "npm run build" first, or use "npm test".');
  globalThis.siaranTestServices ??= await start(rootDir);
  const { services } = globalThis.siaranTestServices;
  const templateUrl = await createTemplate(services.databaseUrl);
  await migrate(templateUrl);
  await letAudiencesRead(templateUrl);
  process.env.SIARAN_TEST_POSTGRES = services.databaseUrl;
  process.env.SIARAN_TEST_REDIS = services.redisUrl;
}

/** Commands and workers that tests start are the built ones, and what is watched may have changed since they were built. */
async function buildChanged(rootDir: string): Promise<void> {
  const built = await changedAt(join(rootDir, 'dist', 'program', 'main.js'));
  const sources = await Promise.all(
    ['src', 'workers'].map(async (folder) =>
      (await readdir(join(rootDir, folder), { recursive: true })).map((path) => join(rootDir, folder, path)),
    ),
  );
  const changes = await Promise.all(sources.flat().map(changedAt));
  if (!changes.some((change) => change > built)) return;
  for (const script of ['build:program', 'build:browser']) {
    const { status } = spawnSync('npm', ['run', '--silent', script], { cwd: rootDir, stdio: 'inherit' });
    if (status !== 0) throw new Error(`The program can't be built as it is now: npm run ${script} has failed.`);
  }
}

/** In milliseconds of the epoch; 0: it isn't there. */
async function changedAt(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}

async function start(rootDir: string): Promise<{ services: Services; dir: string }> {
  const dir = await mkdtemp(join(await quickestDir(), 'siaran-test-'));
  removeAtExit(dir);
  // For root, Postgres runs as another user, who has to get there.
  await chmod(dir, 0o755);
  const services = await startServices({ dir, throwaway: true, toolsDir: join(rootDir, '.siaran', 'tools') });
  return { services, dir };
}

/** What tests write is thrown away: where there is room, it never gets to a disk. Most tests copy a database, which takes 20 ms then and 300 otherwise. */
async function quickestDir(): Promise<string> {
  const memory = '/dev/shm';
  const room = await statfs(memory).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => 0,
  );
  return room > 4_000_000_000 ? memory : tmpdir();
}

/** However this process ends; the services, which end with it, may take a moment. */
function removeAtExit(dir: string): void {
  if (process.env.SIARAN_KEEP === '1') return;
  const remove = 'sleep 2; rm -rf "$0"';
  process.on('exit', () => spawn('sh', ['-c', remove, dir], { detached: true, stdio: 'ignore' }).unref());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
}

async function createTemplate(databaseUrl: string): Promise<string> {
  // There is one if tests are watched. Its migrations may have changed.
  await ask(databaseUrl, 'DROP DATABASE IF EXISTS siaran_template');
  await ask(databaseUrl, 'CREATE DATABASE siaran_template');
  return Object.assign(new URL(databaseUrl), { pathname: '/siaran_template' }).href;
}

/** Tables that tests make; not the ledger's, which are there already. */
async function letAudiencesRead(templateUrl: string): Promise<void> {
  await ask(templateUrl, `ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO ${audienceRole}`);
}

async function ask(databaseUrl: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
