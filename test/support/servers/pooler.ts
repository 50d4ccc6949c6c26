import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { freePort } from '../../../src/local/processes.js';
import { type LocalServer, startServer } from '../../../src/local/server.js';
import { unprivileged } from '../../../src/local/unprivileged.js';

const program = '/usr/sbin/pgbouncer';

/** Without it, on a developer's machine, nothing is tried behind a pooler. CI installs it. */
export const hasPooler = existsSync(program);

/**
 * A PgBouncer with the settings that it comes with, before the server of `databaseUrl`. Its `url` leads to the same database.
 * @param more further lines of its settings
 */
export async function startPooler(
  databaseUrl: string,
  mode: 'session' | 'transaction',
  more = '',
): Promise<LocalServer> {
  const { hostname, port: serverPort, username } = new URL(databaseUrl);
  const folder = await mkdtemp(join(tmpdir(), 'siaran-pooler-'));
  await chmod(folder, 0o755);
  const dataDir = join(folder, 'pooler');
  await mkdir(dataDir);
  const settings = join(dataDir, 'pgbouncer.ini');
  const port = await freePort();
  const asUser = await unprivileged(program, dataDir);
  const urlAt = () => Object.assign(new URL(databaseUrl), { host: `127.0.0.1:${port}` }).href;
  const server = await startServer({
    // So it is called in its log's messages only.
    name: 'Postgres',
    dataDir,
    port,
    stopSignals: ['SIGTERM', 'SIGKILL'],
    prepare: () =>
      writeFile(
        settings,
        `[databases]
* = host=${hostname} port=${serverPort} user=${username}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = ${mode}
${more}
[users]
`,
      ),
    command: () => ({ ...asUser({ command: program, args: [settings] }), env: process.env }),
    url: urlAt,
    async ping() {
      const client = new Client({ connectionString: urlAt() });
      await client.connect();
      await client.end();
    },
  });
  const stop = () => server.stop().finally(() => rm(folder, { recursive: true, force: true }));
  return { url: server.url, stop };
}

/** Has a pooler open so many sessions, which stay there. */
export async function openSessions(url: string, count: number): Promise<void> {
  const clients = Array.from({ length: count }, () => new Client({ connectionString: url }));
  await Promise.all(clients.map((client) => client.connect()));
  await Promise.all(clients.map((client) => client.query('SELECT pg_sleep(0.2)')));
  await Promise.all(clients.map((client) => client.end()));
}
