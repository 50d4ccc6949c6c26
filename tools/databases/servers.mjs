import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from '../../dist/src/local/processes.js';
import { findRedis, startRedis } from '../../dist/src/local/redis.js';
import { startServer } from '../../dist/src/local/server.js';
import { unprivileged } from '../../dist/src/local/unprivileged.js';
import { root, run } from '../package/run.mjs';
import { fetchPostgres } from './versions.mjs';

const pgbouncer = '/usr/sbin/pgbouncer';
const fast = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];

/** A Postgres of that major version, with a database `siaran`. */
export async function startPostgres(major, dataDir) {
  const programs = await fetchPostgres(major);
  const [postgres, initdb] = ['postgres', 'initdb'].map((name) => join(programs, name));
  const env = { ...process.env, LC_ALL: 'C' };
  const urlOf = (port, name) => `postgresql://postgres@127.0.0.1:${port}/${name}`;
  let asUser;
  const server = await startServer({
    name: 'Postgres',
    dataDir,
    stopSignals: ['SIGINT', 'SIGQUIT', 'SIGKILL'],
    async prepare() {
      await mkdir(dataDir, { recursive: true, mode: 0o700 });
      asUser = await unprivileged(postgres, dataDir);
      const args = ['-D', dataDir, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
      const { command, args: given, user } = asUser({ command: initdb, args });
      await run(command, [...given], { cwd: dataDir, env, ...user });
    },
    command: (port) => ({
      ...asUser({
        command: postgres,
        args: [
          ...[
            '-D',
            dataDir,
            '-c',
            'listen_addresses=127.0.0.1',
            '-c',
            `port=${port}`,
            '-c',
            'unix_socket_directories=',
          ],
          ...fast.flatMap((setting) => ['-c', setting]),
        ],
      }),
      env,
    }),
    url: (port) => urlOf(port, 'siaran'),
    ping: (port) => ask(urlOf(port, 'postgres'), 'SELECT 1'),
  });
  const maintenance = Object.assign(new URL(server.url), { pathname: '/postgres' }).href;
  const createDatabase = async (name) => {
    await ask(maintenance, `CREATE DATABASE ${name}`);
    return Object.assign(new URL(maintenance), { pathname: `/${name}` }).href;
  };
  await createDatabase('siaran');
  const [{ server_version: version }] = await ask(maintenance, 'SHOW server_version');
  return { ...server, createDatabase, version: version.split(' ')[0] };
}

/** The Redis, or Valkey, that is on the path, or Debian's. */
export async function startBuffer(dataDir) {
  const toolsDir = join(root, '.siaran', 'tools');
  const { path, env } = await findRedis(toolsDir);
  const { stdout } = await run(path, ['--version'], { env: { ...process.env, ...env } });
  const name = /valkey/i.test(stdout) ? 'Valkey' : 'Redis';
  const server = await startRedis({ dataDir, throwaway: true, toolsDir });
  return { ...server, version: `${name} ${/v=([\d.]+)/.exec(stdout)?.[1]}` };
}

/** PgBouncer in session mode, with the settings that it comes with, before a Postgres; undefined where none is installed. */
export async function startPooler(databaseUrl, dataDir) {
  if (!existsSync(pgbouncer)) return undefined;
  const { stdout } = await run(pgbouncer, ['--version']);
  const { hostname, port: serverPort } = new URL(databaseUrl);
  await mkdir(dataDir, { recursive: true });
  await chmod(dataDir, 0o755);
  const asUser = await unprivileged(pgbouncer, dataDir);
  const settings = join(dataDir, 'pgbouncer.ini');
  const urlAt = (port) => Object.assign(new URL(databaseUrl), { host: `127.0.0.1:${port}` }).href;
  const port = await freePort();
  await writeFile(
    settings,
    `[databases]
* = host=${hostname} port=${serverPort} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = session
`,
  );
  const server = await startServer({
    name: 'Postgres',
    dataDir,
    port,
    stopSignals: ['SIGTERM', 'SIGKILL'],
    prepare: async () => {},
    command: () => ({ ...asUser({ command: pgbouncer, args: [settings] }), env: process.env }),
    url: urlAt,
    ping: (at) => ask(urlAt(at), 'SELECT 1'),
  });
  return { ...server, version: /PgBouncer ([\d.]+)/.exec(stdout)?.[1] };
}

async function ask(connectionString, text) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}
