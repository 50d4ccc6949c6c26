// Sends a run with each Postgres, with each Redis or Valkey, and through each PgBouncer, and checks its ledger:
//   npm run build && node tools/databases/try.mjs [--postgres 14,15,16,17,18] [--redis PATH]… [--pgbouncer PATH]… [--write]
// Each Postgres is tried with the Redis and through the PgBouncer of this machine, the newest of them with everything else: what Debian has
// in its other releases, and the programs that are given. --write puts what was tried into docs/reference/compatibility.md.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { migrate } from '../../dist/src/store/migrations/migrate.js';
import { writeTable } from '../package/table.mjs';
import { fetchDebian } from './debian.mjs';
import { openTrial } from './play.mjs';
import { ownPooler, startPooler } from './pooler.mjs';
import { startBuffer, startPostgres } from './servers.mjs';
import { versions } from './versions.mjs';

const inOrder = 'the ledger is in order';
const tooOld = 'refused: needs 16 or newer';
const several = { type: 'string', multiple: true, default: [] };
const { values: asked } = parseArgs({
  options: { postgres: { type: 'string' }, redis: several, pgbouncer: several, write: { type: 'boolean' } },
});
const majors = asked.postgres?.split(',') ?? Object.keys(versions);

const buffers = [
  ...['bullseye', 'trixie', 'forky'].map((suite) => ({ suite, name: 'redis-server' })),
  ...['trixie', 'forky'].map((suite) => ({ suite, name: 'valkey-server' })),
  ...asked.redis.map((path) => ({ path })),
];
const poolers = [
  ...['trixie', 'forky'].map((suite) => ({ suite, name: 'pgbouncer' })),
  ...asked.pgbouncer.map((path) => ({ path })),
];
// As a worker and what asks it open more together than a pooler has by itself.
const session = {
  called: 'session mode, `default_pool_size = 50`',
  settings: ['pool_mode = session', 'default_pool_size = 50'],
};
const modes = [
  session,
  { called: 'session mode', settings: ['pool_mode = session'] },
  { called: 'transaction mode', settings: ['pool_mode = transaction'] },
  {
    called: 'transaction mode, `max_prepared_statements = 0`',
    settings: ['pool_mode = transaction', 'max_prepared_statements = 0'],
  },
];

const work = await mkdtemp(join(tmpdir(), 'siaran-databases-'));
// For root, the servers run as another user, who has to get there.
await chmod(work, 0o755);
const rows = [];
const redis = await startBuffer(join(work, 'redis'));
try {
  for (const major of majors) await withPostgres(major, tryPostgres);
  await withPostgres(majors.at(-1), tryTheRest);
} finally {
  await redis.stop();
  await rm(work, { recursive: true, force: true });
}
const columns = ['Postgres', 'Redis', 'reached', 'migrations', 'a run', '`doctor`'];
if (asked.write) await writeTable('databases', columns, rows);
process.exitCode = rows.some((row) => row.some((cell) => cell.startsWith('FAILED'))) ? 1 : 0;

async function withPostgres(major, tryIt) {
  const postgres = await startPostgres(major, await mkdtemp(join(work, `postgres-${major}-`)));
  await tryIt(postgres).finally(postgres.stop);
}

async function tryPostgres(postgres) {
  await tryOne({ postgres, redis });
  if (ownPooler) await tryPooler(postgres, { path: ownPooler }, session);
}

async function tryTheRest(postgres) {
  for (const one of buffers) {
    const buffer = await startBuffer(await mkdtemp(join(work, 'buffer-')), await programOf(one, '/usr/bin'));
    await tryOne({ postgres, redis: { ...buffer, version: named(buffer.version, one) } }).finally(buffer.stop);
  }
  for (const one of poolers) for (const mode of modes) await tryPooler(postgres, one, mode);
}

async function tryPooler(postgres, one, { called, settings }) {
  const program = await programOf(one, '/usr/sbin');
  const pooler = await startPooler(program, postgres.url, await mkdtemp(join(work, 'pooler-')), settings);
  const reached = `through ${named(pooler.version, one)}, ${called}`;
  await tryOne({ postgres, redis, reached, pooler }).finally(pooler.stop);
}

/** With a database of its own, as migrations are a part of what is tried. */
async function tryOne({ postgres, redis: buffer, reached = 'directly', pooler }) {
  const prefix = `try_${rows.length}`;
  const directUrl = await postgres.createDatabase(prefix);
  const databaseUrl = pooler ? Object.assign(new URL(directUrl), { host: new URL(pooler.url).host }).href : directUrl;
  const row = [postgres.version, buffer.version, reached];
  const trial = await openTrial({ databaseUrl, redisUrl: buffer.url, prefix });
  try {
    row.push(await tellMigration(databaseUrl, directUrl));
    const run = row[3] === tooOld ? '-' : await tellRun(trial);
    const told = await trial.askDoctor();
    // Where nothing can be sent, much else isn't well.
    const concerned = run.endsWith(inOrder) ? told : told.filter((each) => /^\w+ (version|sessions):/.test(each));
    row.push(run, concerned.join('; ') || 'all well');
  } catch (error) {
    row.push(`FAILED: ${error.message.slice(0, 2_000)}`);
  } finally {
    await trial.close();
  }
  rows.push(row);
  console.log(row.join(' · '));
}

async function tellMigration(databaseUrl, directUrl) {
  try {
    return `${(await migrate(databaseUrl)).applied.length} applied`;
  } catch ({ code, message }) {
    // Said before anything was changed, and not by a migration that failed.
    if (code === 'MIGRATION' && /needs 16 or newer/.test(message)) return tooOld;
    if (code !== 'MIGRATION' || !/pooler in transaction mode/.test(message)) throw new Error(message);
    return `refused; ${(await migrate(directUrl)).applied.length} applied directly`;
  }
}

async function tellRun(trial) {
  try {
    return `${(await trial.play()).toLocaleString('en')} recipients, each once; ${inOrder}`;
  } catch ({ code, message }) {
    if (code === 'USAGE' && /loses named statements/.test(message)) return 'refused: named statements are lost';
    throw new Error(message);
  }
}

function programOf({ path, suite, name }, folder) {
  return path ?? fetchDebian(suite, name, join(folder, name));
}

function named(version, { suite }) {
  return suite === undefined ? version : `${version} (${suite})`;
}
