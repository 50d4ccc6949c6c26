import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { Redis } from 'ioredis';
import { Client, Pool } from 'pg';
import { audienceUrl } from '../../src/local/audience-role.js';

export interface Environment {
  /** What a program under test is given as its environment. */
  readonly env: Record<string, string>;
  readonly databaseUrl: string;
  /** The same database, for the queries of audiences: as a role that may read what tests put there. */
  readonly audienceUrl: string;
  query<Row extends object = Record<string, unknown>>(sql: string, params?: readonly unknown[]): Promise<Row[]>;
  /** For looking at keys. */
  readonly redis: Redis;
  /**
   * Fails, naming them, when sessions other than ours are left open. Then drops the database and this environment's keys,
   * unless SIARAN_KEEP=1.
   * @param patienceMs how long a session that was just closed may still be seen; 15,000 unless given
   */
  drop(patienceMs?: number): Promise<void>;
}

/** A migrated database and a key prefix that nobody else uses. DATABASE_URL and REDIS_URL of the caller don't matter. */
export async function freshEnvironment(): Promise<Environment> {
  const maintenanceUrl = given('SIARAN_TEST_POSTGRES');
  const redisUrl = given('SIARAN_TEST_REDIS');
  const name = `t_${randomBytes(6).toString('hex')}`;
  await maintain(`CREATE DATABASE ${name} TEMPLATE siaran_template STRATEGY FILE_COPY`);

  const databaseUrl = Object.assign(new URL(maintenanceUrl), { pathname: `/${name}` }).href;
  const pool = new Pool({ connectionString: databaseUrl, max: 4, application_name: 'test' });
  // A test may end every session of its database.
  pool.on('error', () => {});
  const redis = new Redis(redisUrl);
  const env = {
    ...{ DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, SIARAN_PREFIX: name, LOG_LEVEL: 'silent' },
    SIARAN_AUDIENCE_DATABASE_URL: audienceUrl(databaseUrl),
    SIARAN_AUDIENCE_DIR: tmpdir(),
    // Tests that wait for a worker's next look shouldn't wait for long.
    SIARAN_RECONCILE_EVERY: '400ms',
  };
  return {
    env,
    databaseUrl,
    audienceUrl: audienceUrl(databaseUrl),
    redis,
    async query<Row extends object>(sql: string, params: readonly unknown[] = []) {
      return (await pool.query<Row>(sql, [...params])).rows;
    },
    async drop(patienceMs = 15_000) {
      await pool.end();
      try {
        const left = await sessionsLeft(name, patienceMs);
        if (process.env.SIARAN_KEEP !== '1') {
          await maintain(`DROP DATABASE ${name} WITH (FORCE)`);
          const keys = await redis.keys(`*${name}*`);
          if (keys.length > 0) await redis.del(...keys);
        }
        if (left.length > 0) throw new Error(`Sessions were left open in the test's database:\n${left.join('\n')}`);
      } finally {
        await redis.quit();
      }
    },
  };
}

async function sessionsLeft(database: string, patienceMs: number): Promise<string[]> {
  for (const started = Date.now(); ; await new Promise((resolve) => setTimeout(resolve, 10))) {
    const rows = await maintain<{ line: string }>(
      `SELECT concat_ws(' | ', pid, nullif(application_name, ''), state, left(query, 200)) AS line
       FROM pg_stat_activity WHERE datname = '${database}' AND backend_type = 'client backend'`,
    );
    if (rows.length === 0 || Date.now() - started > patienceMs) return rows.map((row) => row.line);
  }
}

/** Asks by a connection of its own. */
export async function askOnce<Row extends object>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Of this process, for all of its tests: a connection for each question takes longer than most answers. */
let maintenance: Pool | undefined;

async function maintain<Row extends object>(sql: string): Promise<Row[]> {
  if (maintenance === undefined) {
    maintenance = new Pool({ connectionString: given('SIARAN_TEST_POSTGRES'), max: 2, allowExitOnIdle: true });
    // Postgres may be stopped before this process is.
    maintenance.on('error', () => {});
  }
  return (await maintenance.query<Row>(sql)).rows;
}

function given(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is missing: it is set by test/global-setup.ts.`);
  return value;
}
