import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Database, isPostgresAway, openDatabase } from '../../../src/store/postgres/database.js';
import { withLongDeadlines } from '../../../src/store/postgres/deadlines.js';
import { type Environment, freshEnvironment } from '../../support/environment.js';
import { type SilentProxy, startSilentProxy } from '../../support/servers/silent-proxy.js';

let environment: Environment;
let proxy: SilentProxy;
let db: Database;
let closing: AbortController;
const statementTimeoutMs = 300;
const connections = 2;

beforeEach(async () => {
  environment = await freshEnvironment();
  proxy = await startSilentProxy(environment.databaseUrl);
  closing = new AbortController();
  db = openDatabase(proxy.through(environment.databaseUrl), {
    ...{ connections, statementTimeoutMs, closingMs: 300 },
    closing: closing.signal,
  });
});
afterEach(async () => {
  await db.$disconnect();
  proxy.close();
  await environment.drop();
});

const ask = () => db.$queryRaw`SELECT 1 AS one`;
const one = [{ one: 1 }];
const failed = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

test('a statement that is not answered fails as Postgres away, and its connection is given to nobody any more', async () => {
  await Promise.all([ask(), ask()]);
  for (let time = 0; time < 2; time += 1) {
    proxy.silence();
    const begun = Date.now();
    for (const error of await Promise.all([failed(ask()), failed(ask())])) expect(isPostgresAway(error)).toBe(true);
    expect(Date.now() - begun).toBeLessThan(2_500);
    proxy.flow('forgotten');
    // Those that came late to a connection that is still being made have to wait for it to be given up.
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([one, one, one]);
  }
});

test('a transaction that falls silent ends, its rollback does not hang, and its connection is not used again', async () => {
  for (let time = 0; time < 2 * connections; time += 1) {
    const begun = Date.now();
    const broken = db.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT 1`;
      proxy.silence();
      await tx.$queryRaw`SELECT 1`;
    });
    expect(isPostgresAway(await failed(broken))).toBe(true);
    expect(Date.now() - begun).toBeLessThan(2_500);
    // What is late now must not be taken for the answer of another statement.
    proxy.flow('late');
    expect(await ask()).toEqual(one);
  }
});

test('what looks at a whole run has ten times as long, and so has its session', async () => {
  const slow = () => db.$queryRaw`SELECT 1 AS one FROM pg_sleep(0.6)`;
  expect(isPostgresAway(await failed(slow()))).toBe(true);
  expect(await withLongDeadlines(async () => await slow())).toEqual(one);
  expect(await db.$queryRaw`SELECT current_setting('statement_timeout') AS longest`).toEqual([{ longest: '3s' }]);
});

test('a session whose client is gone, or silent, ends within 15 s by itself, and its locks with it', async () => {
  const names = ['idle_in_transaction_session_timeout', 'lock_timeout', 'tcp_user_timeout', 'tcp_keepalives_idle'];
  const settings = await db.$queryRaw`
    SELECT name, setting FROM pg_settings WHERE name = ANY(${names}::text[]) ORDER BY name`;
  expect(settings).toEqual([
    { name: 'idle_in_transaction_session_timeout', setting: '10000' },
    { name: 'lock_timeout', setting: '300' },
    { name: 'tcp_keepalives_idle', setting: '5' },
    { name: 'tcp_user_timeout', setting: '13000' },
  ]);
});

test('no statement is compiled before it runs, whatever Postgres takes it to cost', async () => {
  expect(await db.$queryRaw`SELECT current_setting('jit') AS jit`).toEqual([{ jit: 'off' }]);
});

test('closing does not wait for a connection that is silent', async () => {
  let begun = 0;
  const broken = db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1`;
    proxy.silence();
    begun = Date.now();
    closing.abort();
    await withLongDeadlines(async () => await tx.$queryRaw`SELECT 1`);
  });
  expect(await failed(broken)).toBeDefined();
  await db.$disconnect();
  expect(Date.now() - begun).toBeLessThan(900);
});
