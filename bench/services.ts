import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { startServices } from '../src/local/services.js';
import { migrate } from '../src/store/migrations/migrate.js';
import { rootDir, type ServiceVersions } from './machine.js';

/** A Postgres that is durable and a Redis that writes all to disk, with a ledger that can be had anew. */
export type BenchServices = {
  /** Of the ledger that each measurement finds empty. */
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly pids: { postgres: number; redis: number };
  readonly versions: ServiceVersions;
  readonly redis: Redis;
  /** Empties Redis and gives a new ledger, and lets both come to rest, so that no measurement pays for the one before. */
  clean(): Promise<void>;
  query<Row extends object>(sql: string, params?: readonly unknown[]): Promise<Row[]>;
  /** Bytes that Redis has allocated. */
  redisMemory(): Promise<number>;
  stop(): Promise<void>;
};

const [ledger, template] = ['bench', 'bench_template'];

export async function startBenchServices(
  dir: string,
  options: { signal: AbortSignal; onProgress: (line: string) => void },
): Promise<BenchServices> {
  const services = await startServices({ dir, toolsDir: join(rootDir, '.siaran', 'tools'), ...options });
  try {
    return await open(dir, services);
  } catch (error) {
    await services.stop();
    throw error;
  }
}

async function open(dir: string, services: Awaited<ReturnType<typeof startServices>>): Promise<BenchServices> {
  const databaseUrl = withPath(services.databaseUrl, ledger);
  const maintenance = await connect(services.databaseUrl);
  const redis = new Redis(services.redisUrl);
  redis.on('error', () => {});
  await maintenance.query(`CREATE DATABASE ${template}`);
  await migrate(withPath(services.databaseUrl, template));
  const pid = async (): Promise<number> =>
    Number.parseInt(await readFile(join(dir, 'postgres', 'postmaster.pid'), 'utf8'), 10);
  const { rows } = await maintenance.query<{ server_version: string }>('SHOW server_version');
  let session: Client | undefined;
  return {
    databaseUrl,
    redisUrl: services.redisUrl,
    pids: { postgres: await pid(), redis: Number(await infoField(redis, 'process_id')) },
    versions: { postgres: rows[0]?.server_version ?? '', redis: await infoField(redis, 'redis_version') },
    redis,
    async clean() {
      await session?.end();
      await maintenance.query(`DROP DATABASE IF EXISTS ${ledger} WITH (FORCE)`);
      await maintenance.query(`CREATE DATABASE ${ledger} TEMPLATE ${template}`);
      await maintenance.query('CHECKPOINT');
      await redis.flushall('SYNC');
      await rewriteLog(redis);
      session = await connect(databaseUrl);
    },
    async query<Row extends object>(sql: string, params: readonly unknown[] = []) {
      if (!session) throw new Error('there is no ledger before it was cleaned for the first time');
      return (await session.query<Row>(sql, [...params])).rows;
    },
    redisMemory: async () => Number(await infoField(redis, 'used_memory')),
    async stop() {
      redis.disconnect();
      await session?.end();
      await maintenance.end();
      await services.stop();
    },
  };
}

/** Redis begins its append-only file anew; it would do so by itself at some time, and then disturb whoever is measured. */
async function rewriteLog(redis: Redis): Promise<void> {
  const isBusy = async () => (await infoField(redis, 'aof_rewrite_in_progress')) !== '0';
  while (await isBusy()) await sleep(10);
  await redis.bgrewriteaof();
  while (await isBusy()) await sleep(10);
}

async function infoField(redis: Redis, name: string): Promise<string> {
  const value = new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(await redis.info())?.[1];
  if (value === undefined) throw new Error(`Redis tells no ${name}`);
  return value;
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  // A database that is dropped ends its sessions; whoever asks next hears of it.
  client.on('error', () => {});
  await client.connect();
  return client;
}

function withPath(url: string, database: string): string {
  return Object.assign(new URL(url), { pathname: `/${database}` }).href;
}
