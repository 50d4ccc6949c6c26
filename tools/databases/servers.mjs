import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { findRedis, startRedis } from '../../dist/src/local/redis.js';
import { startServer } from '../../dist/src/local/server.js';
import { unprivileged } from '../../dist/src/local/unprivileged.js';
import { root, run } from '../package/run.mjs';
import { fetchPostgres } from './versions.mjs';

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

/** A Redis or Valkey: the one on the path, or Debian's, unless it is given. */
export async function startBuffer(dataDir, given) {
  const toolsDir = join(root, '.siaran', 'tools');
  const { path, env } = given ? { path: given, env: {} } : await findRedis(toolsDir);
  const { stdout } = await run(path, ['--version'], { env: { ...process.env, ...env } });
  const name = /valkey/i.test(stdout) ? 'Valkey' : 'Redis';
  const server = await startRedis({ dataDir, throwaway: true, toolsDir, path: given });
  return { ...server, version: `${name} ${/v=([\d.]+)/.exec(stdout)?.[1]}` };
}

/** Asks a Postgres, or what stands before it. */
export async function ask(connectionString, text) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}
