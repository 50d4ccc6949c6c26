import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { openSiaran, RefusedError, type Siaran, SiaranError, UnavailableError } from '../../src/index.js';
import { serviceErrorOf } from '../../src/pipeline/service-error.js';
import { askOnce, type Environment, freshEnvironment } from '../support/environment.js';
import { invoiceColumns, invoices } from '../support/rig.js';
import { type RedisServer, startRedisServer } from '../support/servers/redis-server.js';

let environment: Environment;
let folder: string;
let opened: Siaran[] = [];
const servers: RedisServer[] = [];

beforeAll(async () => {
  environment = await freshEnvironment();
  folder = await mkdtemp(join(tmpdir(), 'siaran-errors-'));
});

afterEach(async () => {
  await Promise.all(opened.map((siaran) => siaran.close()));
  opened = [];
});

afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await rm(folder, { recursive: true });
  await environment.drop();
});

function open(env: Record<string, string> = {}): Siaran {
  const siaran = openSiaran({ ...environment.env, QISCUS_APP_ID: 'app', QISCUS_SECRET_KEY: 'key', ...env });
  opened.push(siaran);
  return siaran;
}

function databaseUrl(changes: Partial<URL>): string {
  return Object.assign(new URL(environment.databaseUrl), changes).href;
}

async function startRedis(name: string, args: string[], login?: { user: string; password: string }) {
  const server = await startRedisServer({ dataDir: join(folder, name), args, login });
  servers.push(server);
  return server;
}

async function errorOf(call: Promise<unknown>): Promise<SiaranError> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(SiaranError);
  return error as SiaranError;
}

async function readAll(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items);
}

const someRun = '00000000-0000-7000-8000-000000000000';
const run = { name: 'x', templateDetailId: 172, columns: invoiceColumns };

test('a database that is not migrated is said to be so, by calls and by loops', async () => {
  const name = `${environment.env.SIARAN_PREFIX}_empty`;
  await environment.query(`CREATE DATABASE ${name}`);
  const siaran = open({ DATABASE_URL: databaseUrl({ pathname: `/${name}` }) });
  try {
    const calls = [siaran.runs(), siaran.run(someRun), siaran.startRun(run), siaran.suppress(['6281234567890'])];
    for (const call of [...calls, readAll(siaran.audit()), readAll(siaran.suppressed()), siaran.work()]) {
      const error = await errorOf(call);
      expect(error).toMatchObject({ code: 'MIGRATION', retryable: false });
      expect(error.message).toMatch(/siaran migrate/);
    }
    expect((await errorOf(siaran.runs())).cause).toBeInstanceOf(Error);
    expect((await errorOf(siaran.runs())).message).toContain(`database "${name}" at 127.0.0.1`);
  } finally {
    await siaran.close();
    await environment.query(`DROP DATABASE ${name} WITH (FORCE)`);
  }
});

test('a database that does not exist is named', async () => {
  const siaran = open({ DATABASE_URL: databaseUrl({ pathname: '/nowhere', password: 'hunter22' }) });
  for (const call of [siaran.runs(), siaran.work()]) {
    const error = await errorOf(call);
    expect(error).toBeInstanceOf(RefusedError);
    expect(error).toMatchObject({ code: 'REFUSED', service: 'Postgres', retryable: false });
    expect(error.message).toMatch(/^The database "nowhere" of DATABASE_URL does not exist at 127\.0\.0\.1:\d+\./);
    expect(error.message).not.toContain('hunter22');
  }
});

test('a login that Postgres refuses is told with its reason, without the password', async () => {
  const siaran = open({ DATABASE_URL: databaseUrl({ username: 'nobody_here', password: 'hunter22' }) });
  for (const call of [siaran.runs(), siaran.work()]) {
    const error = await errorOf(call);
    expect(error).toMatchObject({ code: 'REFUSED', service: 'Postgres' });
    expect(error.message).toMatch(/^Postgres refuses the connection: .*nobody_here.* at 127\.0\.0\.1:\d+\)$/);
    expect(error.message).not.toContain('hunter22');
  }
});

test('a right that is missing in Postgres is named', async () => {
  const role = `${environment.env.SIARAN_PREFIX}_role`;
  await environment.query(`CREATE ROLE ${role} LOGIN PASSWORD 'hunter22'`);
  const siaran = open({ DATABASE_URL: databaseUrl({ username: role, password: 'hunter22' }) });
  try {
    for (const call of [siaran.runs(), siaran.run(someRun)]) {
      const error = await errorOf(call);
      expect(error).toMatchObject({ code: 'REFUSED', service: 'Postgres' });
      expect(error.message).toMatch(/^Postgres refuses a statement: permission denied for .*runs/);
    }
  } finally {
    await siaran.close();
    await environment.query(`DROP ROLE ${role}`);
  }
});

test('a Postgres that is away may be asked again', async () => {
  const error = await errorOf(open({ DATABASE_URL: 'postgres://siaran:hunter22@127.0.0.1:9/ledger' }).runs());
  expect(error).toBeInstanceOf(UnavailableError);
  expect(error).toMatchObject({ code: 'UNAVAILABLE', service: 'Postgres', retryable: true });
  expect(error.message).toMatch(/^Postgres can't be reached.*127\.0\.0\.1:9/);
  expect(error.message).not.toContain('hunter22');
});

test('a Postgres that only reads at the moment may be asked again', async () => {
  const name = environment.env.SIARAN_PREFIX ?? '';
  await environment.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
  try {
    const error = await errorOf(open().suppress(['6281234567890']));
    expect(error).toMatchObject({ code: 'UNAVAILABLE', service: 'Postgres', retryable: true });
    expect(error.message).toMatch(/^Postgres can't do it now: .*read-only transaction/);
  } finally {
    const writing = databaseUrl({ search: '?options=-c%20default_transaction_read_only%3Doff' });
    await askOnce(writing, `ALTER DATABASE ${name} RESET default_transaction_read_only`);
  }
});

test('what Redis refuses is told apart from a Redis that is away', async () => {
  const login = { user: 'siaran', password: 'hunter22' };
  const limited = await startRedis('locked', [], login);
  const at = (port: number, as = '') => `redis://${as}127.0.0.1:${port}`;
  const cases = [
    [at(9), { code: 'UNAVAILABLE', service: 'Redis', retryable: true }, /^Redis can't be reached: .*127\.0\.0\.1:9/],
    [
      at(limited.port, 'siaran:wrong-password@'),
      { code: 'REFUSED', service: 'Redis', retryable: false },
      /^Redis refuses the connection: WRONGPASS/,
    ],
    [at(limited.port), { code: 'REFUSED', service: 'Redis' }, /^Redis refuses the connection: NOAUTH/],
  ] as const;
  for (const [url, expected, message] of cases) {
    const error = await errorOf(open({ REDIS_URL: url }).work());
    expect(error).toMatchObject({ ...expected, message: expect.stringMatching(message) });
    expect(error.message).not.toMatch(/hunter22|wrong-password/);
  }
});

test('a Redis that is full, and a right that is missing there, are told apart', async () => {
  const full = await startRedis('full', ['--maxmemory', '1']);
  const login = { user: 'writer', password: 'hunter22' };
  const limited = await startRedis('limited', ['--user', 'reader', 'on', '>hunter22', '~*', '+ping', '+info'], login);
  const reader = new Redis(`redis://reader:hunter22@127.0.0.1:${limited.port}`);
  const cases = [
    [
      full.connect(),
      full.port,
      { code: 'REDIS_FULL', retryable: true },
      /^Redis is full: .*OOM.* \(127\.0\.0\.1:\d+\)$/,
    ],
    [reader, limited.port, { code: 'REFUSED', retryable: false }, /^Redis refuses a command: .*NOPERM/],
  ] as const;
  for (const [redis, port, expected, message] of cases) {
    const refusal: unknown = await redis.set('key', 'value').catch((error: unknown) => error);
    redis.disconnect();
    const told = serviceErrorOf(refusal, {
      databaseUrl: environment.databaseUrl,
      redisUrl: `redis://127.0.0.1:${port}`,
      redisCluster: undefined,
    });
    expect(told).toMatchObject({ ...expected, message: expect.stringMatching(message), cause: refusal });
  }
});

test('what the caller hands in fails with its own error, whatever it is', async () => {
  const siaran = open();
  const { id } = await siaran.startRun({ ...run, key: 'mine' });
  const elsewhere = new Client({ connectionString: 'postgres://127.0.0.1:9/mine' });
  const theirs: unknown = await elsewhere.connect().then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(theirs).toMatchObject({ code: 'ECONNREFUSED' });
  async function* recipients() {
    yield* invoices(2);
    throw theirs;
  }
  await expect(siaran.enqueue(id, recipients())).rejects.toBe(theirs);
  await expect(siaran.enqueueIn({ query: () => Promise.reject(theirs) }, 'mine', [])).rejects.toBe(theirs);
});
