import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Pool } from 'pg';
import { pino } from 'pino';
import { type OwnClients, openSiaran, type Siaran } from '../../src/index.js';
import { eventually, finished, invoiceColumns, invoices, phoneNumber, type Rig, startRig } from '../support/rig.js';
import { type RedisServer, startRedisServer } from '../support/servers/redis-server.js';

const login = { user: 'siaran', password: 'p@ss-of-redis' };
let [dir, rig]: [string, Rig] = ['', undefined as never];
let redis: RedisServer;
const opened: Siaran[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'siaran-own-'));
  redis = await startRedisServer({ dataDir: join(dir, 'redis'), login });
});
afterAll(async () => {
  await redis?.stop();
  await rm(dir, { recursive: true, force: true });
});
beforeEach(async () => {
  rig = await startRig();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((siaran) => siaran.close()));
  await rig.close();
});

const request = { name: 'Own', templateDetailId: 172, columns: invoiceColumns };

test('everything goes through a pool that was handed in: no address is needed, and its sessions stay as they were', async () => {
  const pool = new Pool({ connectionString: rig.databaseUrl, max: 20, application_name: 'the program' });
  pool.on('connect', (client) => void client.query("SET lock_timeout = '7s'; SET timezone = 'Asia/Jakarta'"));
  try {
    const siaran = open({ pool }, { DATABASE_URL: undefined });
    await siaran.work();
    const { runId } = await siaran.broadcast({ ...request, recipients: invoices(2_500) });
    expect(await finished(siaran, runId)).toMatchObject({ outcome: 'handed_over', recipients: { scheduled: 2_500 } });
    expect(await siaran.verify(runId)).toMatchObject({ ok: true });
    const sessions = await rig.query<{ application_name: string }>(
      "SELECT DISTINCT application_name FROM pg_stat_activity WHERE datname = current_database() AND application_name <> 'test'",
    );
    // The rig has connections of its own, without a name.
    expect(sessions.map((row) => row.application_name).filter((name) => name !== '')).toEqual(['the program']);

    await siaran.close();
    const all = await Promise.all(Array.from({ length: pool.totalCount }, () => pool.connect()));
    const settings = await Promise.all(
      all.map((client) =>
        client.query(`SELECT current_setting('lock_timeout') AS lock, current_setting('statement_timeout') AS statement,
          current_setting('idle_in_transaction_session_timeout') AS idle, current_setting('timezone') AS zone`),
      ),
    );
    for (const client of all) client.release();
    expect(all.length).toBeGreaterThan(1);
    expect(new Set(settings.map(({ rows }) => JSON.stringify(rows[0])))).toEqual(
      new Set([JSON.stringify({ lock: '7s', statement: '0', idle: '0', zone: 'Asia/Jakarta' })]),
    );
  } finally {
    await pool.end();
  }
});

test('while Siaran has a session of the pool, it has the settings that locks and time-outs need', async () => {
  const pool = new Pool({ connectionString: rig.databaseUrl, max: 1 });
  const seen = async () =>
    (await rig.query("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"))
      .length;
  const holder = new Pool({ connectionString: rig.databaseUrl, max: 1 });
  try {
    const siaran = open({ pool }, { SIARAN_STATEMENT_TIMEOUT: '1s' });
    const { id } = await siaran.startRun(request);
    const lock = await holder.connect();
    await lock.query('BEGIN; LOCK TABLE runs');
    const paused = expect(siaran.run(id)).rejects.toMatchObject({ retryable: true });
    await eventually(seen, (waiting) => waiting > 0);
    await paused;
    await lock.query('ROLLBACK');
    lock.release();
    // The session that gave up is fit for the program, or gone.
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    expect(await siaran.run(id)).toMatchObject({ id });
  } finally {
    await Promise.all([pool.end(), holder.end()]);
  }
});

test('a pool without a free connection is waited for, and a connection that comes too late goes back', async () => {
  const pool = new Pool({ connectionString: rig.databaseUrl, max: 1 });
  try {
    const held = await pool.connect();
    const siaran = open({ pool });
    await expect(siaran.runs()).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    held.release();
    await eventually(
      async () => pool,
      ({ waitingCount, idleCount }) => waitingCount === 0 && idleCount === 1,
    );
    expect(await siaran.runs()).toEqual([]);
    // Nothing of Siaran hangs on the program's connection any more.
    const client = await pool.connect();
    expect(['error', 'drain', 'end'].map((event) => client.listenerCount(event))).toEqual([0, 0, 0]);
    client.release();
  } finally {
    await pool.end();
  }
});

test('a pool that has ended, or lets nobody in, is told of without its password', async () => {
  const address = Object.assign(new URL(rig.databaseUrl), { pathname: '/nowhere', password: 'of-the-pool' });
  const pool = new Pool({ connectionString: address.href });
  const { siaran, lines } = logging({ pool }, { DATABASE_URL: undefined });
  const error = await siaran.runs().catch((refusal: unknown) => refusal);
  expect(error).toMatchObject({ code: 'REFUSED', message: expect.stringContaining('"nowhere"') });
  await pool.end();
  const ended = await siaran.runs().catch((refusal: unknown) => refusal);
  expect(ended).toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('end on the pool') });
  expect(inspect([error, ended, lines], { depth: 9 })).not.toContain('of-the-pool');
});

test('numbers and secrets are masked in a logger that was handed in, in a child of it, and in fields, texts and errors', async () => {
  const lines: string[] = [];
  const parent = pino({ level: 'debug', base: { service: 'billing' } }, { write: (line: string) => lines.push(line) });
  const siaran = open({
    logger: parent.child({ part: 'broadcasts' }),
    redis: { username: login.user, password: login.password, host: '127.0.0.1', port: redis.port },
  });
  rig.sandbox.setFaults([
    { on: 'upload', kind: 'http', status: 400, message: `no such number ${phoneNumber(1)} for ${login.password}` },
  ]);
  await siaran.work();
  const { runId } = await siaran.broadcast({ ...request, recipients: invoices(10) });
  await eventually(
    async () => lines.join(''),
    (text) => text.includes(runId),
  );
  await sleep(500);
  const told = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(told.length).toBeGreaterThan(1);
  for (const line of told)
    expect(line).toMatchObject({ service: 'billing', part: 'broadcasts', msg: expect.any(String) });
  expect(told.find(({ msg }) => msg === 'worker started')).toMatchObject({ level: 30 });
  expect(lines.join('')).not.toContain(phoneNumber(1));
  expect(lines.join('')).not.toContain(login.password);
  // It is the program's: what Siaran closes, it goes on with.
  await siaran.close();
  parent.info('still there');
  expect(lines.at(-1)).toContain('still there');
});

test('a logger that throws ends nothing, and one that is quieter hears less', async () => {
  const heard: string[] = [];
  const broken = {
    level: 'warn',
    debug: () => heard.push('debug'),
    info: () => heard.push('info'),
    warn: () => heard.push('warn'),
    error: () => {
      throw new Error('the disk is full');
    },
  };
  const siaran = open({ logger: broken });
  const workers = await siaran.work();
  await workers.close();
  expect(heard).not.toContain('info');
  expect(heard).not.toContain('debug');
});

test.each<[string, OwnClients, Record<string, string | undefined>, RegExp]>([
  ['an option that moves keys', { redis: { keyPrefix: 'x:' } as never }, {}, /redis\.keyPrefix .*SIARAN_PREFIX/],
  [
    'an option that is none',
    { redis: { pasword: 'secret-word' } as never },
    {},
    /redis\.pasword is not one of.*password/s,
  ],
  ['a port that is none', { redis: { host: 'localhost', port: 99_999 } }, {}, /redis\.port is 99999/],
  ['sentinels without a name', { redis: { sentinels: [{ host: 'a', port: 1 }] } }, {}, /redis\.name/],
  [
    'one server beside a cluster',
    { redis: { host: 'localhost' } },
    { SIARAN_REDIS_CLUSTER: 'localhost:6379' },
    /redis\.host .*SIARAN_REDIS_CLUSTER/,
  ],
  ['a connection as options', { redis: { sendCommand() {} } as never }, {}, /redis must be options/],
  ['a client as a pool', { pool: { query() {} } as never }, {}, /pool must be a pool of pg/],
  ['no logger', { logger: console as never }, {}, /logger must be a logger of pino/],
  ['a patience that is none', { patience: 5 as never }, {}, /patience is 5; write a duration such as 30s/],
  ['what is none of these', { pools: {} } as never, {}, /pools.*logger, redis, pool and patience/],
])('%s is refused at once', (_name, own, env, message) => {
  const opening = () => openSiaran(without({ ...rig.env, ...env }), own);
  expect(opening).toThrow(message);
  expect(opening).toThrow(expect.objectContaining({ code: 'USAGE' }));
  expect(opening).not.toThrow(/secret-word/);
});

function open(own: OwnClients, env: Record<string, string | undefined> = {}): Siaran {
  const siaran = openSiaran(without({ ...rig.env, SIARAN_PREFIX: rig.env.SIARAN_PREFIX, ...env }), own);
  opened.push(siaran);
  return siaran;
}

function logging(own: OwnClients, env: Record<string, string | undefined>): { siaran: Siaran; lines: string[] } {
  const lines: string[] = [];
  const logger = pino({ level: 'trace' }, { write: (line: string) => lines.push(line) });
  return { siaran: open({ ...own, logger }, env), lines };
}

function without(env: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
