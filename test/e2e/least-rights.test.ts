import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openSiaran, type Siaran, type Workers } from '../../src/index.js';
import { audienceUrl } from '../../src/local/audience-role.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.js';
import { json, run } from '../cli/siaran.js';
import { askOnce } from '../support/environment.js';
import { finished, invoiceColumns, invoices, phoneNumber } from '../support/rig.js';
import { type RedisServer, startRedisServer } from '../support/servers/redis-server.js';
import { type LeastRoles, makeLeastRoles } from './least-roles.js';

let roles: LeastRoles;
let redis: RedisServer;
let sandbox: Sandbox;
let folder: string;
let env: Record<string, string>;
let siaran: Siaran;
let workers: Workers;
const urlOf = (role: string) => roles.urlOf(role);

beforeAll(async () => {
  roles = await makeLeastRoles();
  await roles.environment.query(`GRANT CONNECT ON DATABASE ${roles.database} TO siaran_audience`);
  folder = await mkdtemp(join(tmpdir(), 'siaran-rights-'));
  redis = await startRedisServer({
    dataDir: join(folder, 'redis'),
    login: { user: 'administrator', password: 'secret' },
    args: ['--user', 'siaran', 'on', '>hunter22', ...roles.redisRules],
  });
  sandbox = await startSandbox({ appId: 'app', secretKey: 'key' });
  env = {
    DATABASE_URL: urlOf('siaran_worker'),
    REDIS_URL: `redis://siaran:hunter22@127.0.0.1:${redis.port}`,
    SIARAN_AUDIENCE_DATABASE_URL: audienceUrl(urlOf('siaran_worker')),
    ...{ QISCUS_BASE_URL: sandbox.url, QISCUS_APP_ID: 'app', QISCUS_SECRET_KEY: 'key' },
    ...{ SIARAN_RECONCILE_EVERY: '400ms', LOG_LEVEL: 'silent', SIARAN_DEFAULT_COUNTRY: 'ID' },
  };
  siaran = openSiaran(env);
  workers = await siaran.work();
});

afterAll(async () => {
  await workers.close();
  await siaran.close();
  await sandbox.close();
  await redis.stop();
  await rm(folder, { recursive: true });
  await roles.drop();
});

test('under the least rights that are told, everything works from end to end', async () => {
  const december = { templateDetailId: 172, columns: invoiceColumns };
  const { runId, rejected } = await siaran.broadcast({
    ...{ ...december, name: 'December', key: 'december' },
    recipients: [...invoices(1_200), ...invoices(3), { phone_number: '1', customer_name: 'x', body_variable1: 'y' }],
  });
  expect(rejected).toBe(1);
  expect(await finished(siaran, runId)).toMatchObject({ recipients: { scheduled: 1_200, duplicates: 3 } });
  expect((await siaran.verify(runId)).ok).toBe(true);

  const open = await siaran.startRun({ ...december, name: 'Handed in', key: 'handed-in' });
  await askOnce(
    urlOf('shop'),
    `SELECT siaran.enqueue('handed-in', '[{"phone_number": "${phoneNumber(5)}", "customer_name": "x", "body_variable1": "y"}]')`,
  );
  await siaran.pause(open.id);
  await siaran.resume(open.id);
  await siaran.seal(open.id);
  expect(await finished(siaran, open.id)).toMatchObject({ recipients: { scheduled: 1 } });

  await siaran.addCampaign({
    ...{ ...december, name: 'Weekly', schedule: '0 9 * * mon', timeZone: 'UTC' },
    audience: "sql:SELECT '6281290000000' AS phone_number, 'x' AS customer_name, 'y' AS body_variable1",
  });
  const fired = await siaran.fireCampaign('Weekly');
  expect(await finished(siaran, fired.runId)).toMatchObject({ recipients: { scheduled: 1 } });
  await siaran.editCampaign('Weekly', { pace: '10/1h' });
  await siaran.removeCampaign('Weekly');
  await siaran.suppress([phoneNumber(7)]);
  await siaran.unsuppress([phoneNumber(7)]);
});

test('commands work under them too, and nothing of Redis was refused', async () => {
  const message = ['--template-detail-id', '172', '--channel-id', '534', '--template-name', 'reminder'];
  const template = ['--namespace', 'ns', '--language', 'id', '--name', 'One'];
  await json(['message', phoneNumber(9), ...message, ...template], { env });
  const [run0] = await json<{ id: string }[]>(['runs'], { env });
  await json(['results', run0?.id ?? ''], { env });
  await json(['forget', phoneNumber(3), '--yes'], { env });
  await json(['purge', '--older-than', '1d'], { env });
  const { stdout } = await run(['doctor', '--json'], { env });
  const failing = (JSON.parse(stdout) as { check: string; ok: boolean }[]).filter(({ ok }) => !ok);
  // The tests' Postgres commits without waiting for its disk.
  expect(failing.map(({ check }) => check)).toEqual(['Postgres synchronous_commit']);
  const administrator = redis.connect();
  try {
    expect(await administrator.call('ACL', 'LOG')).toEqual([]);
  } finally {
    administrator.disconnect();
  }
});

test('what a later migration adds, the role that works may use', async () => {
  await askOnce(urlOf('siaran_owner'), 'CREATE TABLE later (id serial, a int)');
  await askOnce(urlOf('siaran_worker'), 'INSERT INTO later (a) VALUES (1)');
  expect(await askOnce(urlOf('siaran_worker'), 'SELECT a FROM later')).toEqual([{ a: 1 }]);
});

test.each([
  ['the role that works', 'siaran_worker', 'CREATE TABLE x (a int)'],
  ['the role that works', 'siaran_worker', 'DROP TABLE runs'],
  ['the role that works', 'siaran_worker', 'DELETE FROM _prisma_migrations'],
  ['a program that hands rows in', 'shop', 'SELECT * FROM runs'],
  ['a program that hands rows in', 'shop', 'SELECT * FROM installation'],
])('%s may do no more: %s, %s', async (_, role, sql) => {
  await expect(askOnce(urlOf(role), sql)).rejects.toThrow(/permission denied|must be owner/);
});

test("Siaran's user of Redis has its own keys only, and does not administer it", async () => {
  const siaransOwn = redis.connect();
  try {
    await siaransOwn.auth('siaran', 'hunter22');
    for (const [command, ...args] of [
      ['GET', 'other'],
      ['SET', 'siaranx', '1'],
      ['FLUSHALL'],
      ['CONFIG', 'SET', 'maxmemory', '1'],
      ['ACL', 'LIST'],
      ['SHUTDOWN', 'NOSAVE'],
      ['MONITOR'],
    ] as [string, ...string[]][])
      await expect(siaransOwn.call(command, ...args)).rejects.toThrow('NOPERM');
  } finally {
    siaransOwn.disconnect();
  }
});
