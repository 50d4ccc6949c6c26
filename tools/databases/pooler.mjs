import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../dist/src/local/processes.js';
import { startServer } from '../../dist/src/local/server.js';
import { unprivileged } from '../../dist/src/local/unprivileged.js';
import { run } from '../package/run.mjs';
import { ask } from './servers.mjs';

const installed = '/usr/sbin/pgbouncer';

/** The PgBouncer of this machine; undefined where none is installed. */
export const ownPooler = existsSync(installed) ? installed : undefined;

/**
 * A PgBouncer before a Postgres, with the settings that it comes with, but for those that are given. It pools what leads to any database
 * of that Postgres.
 */
export async function startPooler(program, databaseUrl, dataDir, settings) {
  const { stdout } = await run(program, ['--version']);
  const { hostname, port: serverPort } = new URL(databaseUrl);
  await mkdir(dataDir, { recursive: true });
  await chmod(dataDir, 0o755);
  const asUser = await unprivileged(program, dataDir);
  const file = join(dataDir, 'pgbouncer.ini');
  const urlAt = (port) => Object.assign(new URL(databaseUrl), { host: `127.0.0.1:${port}` }).href;
  const port = await freePort();
  await writeFile(
    file,
    `[databases]
* = host=${hostname} port=${serverPort} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
${settings.join('\n')}
`,
  );
  const server = await startServer({
    name: 'Postgres',
    dataDir,
    port,
    stopSignals: ['SIGTERM', 'SIGKILL'],
    prepare: async () => {},
    command: () => ({ ...asUser({ command: program, args: [file] }), env: process.env }),
    url: urlAt,
    ping: (at) => ask(urlAt(at), 'SELECT 1'),
  });
  return { ...server, version: `PgBouncer ${/PgBouncer ([\d.]+)/.exec(stdout)?.[1]}` };
}
