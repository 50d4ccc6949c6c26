// Sends a run with each Postgres that is asked for, directly and through PgBouncer where it is installed, and checks its ledger:
//   npm run build && node tools/databases/try.mjs [--postgres 14,15,16,17,18] [--write]
// The Redis is the one on the path, or Debian's. --write puts what was tried into docs/reference/compatibility.md.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeTable } from '../package/table.mjs';
import { play } from './play.mjs';
import { startBuffer, startPooler, startPostgres } from './servers.mjs';
import { versions } from './versions.mjs';

const { values: asked } = parseArgs({ options: { postgres: { type: 'string' }, write: { type: 'boolean' } } });
const majors = asked.postgres?.split(',') ?? Object.keys(versions);

const work = await mkdtemp(join(tmpdir(), 'siaran-databases-'));
// For root, the servers run as another user, who has to get there.
await chmod(work, 0o755);
const rows = [];
const redis = await startBuffer(join(work, 'redis'));
try {
  for (const major of majors) await tryPostgres(major);
} finally {
  await redis.stop();
  await rm(work, { recursive: true, force: true });
}
const columns = ['Postgres', 'Redis', 'reached', 'migrations', 'a run'];
if (asked.write) await writeTable('databases', columns, rows);
process.exitCode = rows.some((row) => row.some((cell) => cell.startsWith('FAILED'))) ? 1 : 0;

async function tryPostgres(major) {
  const postgres = await startPostgres(major, join(work, `postgres-${major}`));
  try {
    await tryOne(postgres, 'directly', postgres.url);
    const pooler = await startPooler(postgres.url, join(work, `pooler-${major}`));
    if (!pooler) return;
    // A database of its own, as migrations are a part of what is tried.
    const url = await postgres.createDatabase('pooled');
    const pooled = Object.assign(new URL(pooler.url), { pathname: new URL(url).pathname }).href;
    await tryOne(postgres, `through PgBouncer ${pooler.version}, session mode`, pooled).finally(pooler.stop);
  } finally {
    await postgres.stop();
  }
}

async function tryOne({ version }, reached, databaseUrl) {
  const prefix = `try_${rows.length}`;
  const row = [version, redis.version, reached];
  try {
    const { applied, recipients } = await play({ databaseUrl, redisUrl: redis.url, prefix });
    row.push(`${applied} applied`, `${recipients.toLocaleString('en')} recipients, each once; the ledger is in order`);
  } catch (error) {
    if (isTooOld(error)) row.push('refused: needs 16 or newer', '-');
    else row.push('-', `FAILED: ${error.message.slice(0, 2_000)}`);
  }
  rows.push(row);
  console.log(row.join(' · '));
}

/** Said before anything was changed, and not by a migration that failed. */
function isTooOld({ code, message }) {
  return code === 'MIGRATION' && /needs 16 or newer/.test(message);
}
