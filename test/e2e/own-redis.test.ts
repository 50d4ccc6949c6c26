import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { RedisOptions } from 'ioredis';
import { pino } from 'pino';
import { type OwnClients, openSiaran, type Siaran } from '../../src/index.js';
import { finished, invoiceColumns, invoices, type Rig, startRig } from '../support/rig.js';
import { makeCertificates } from '../support/servers/certificates.js';
import { startRedisCluster } from '../support/servers/redis-cluster.js';
import { startRedisSentinel } from '../support/servers/redis-sentinel.js';
import { lackOfTls, type RedisServer, startRedisServer } from '../support/servers/redis-server.js';

const lacking = await lackOfTls();
if (lacking) process.stderr.write(`SKIPPED: nothing is tried over TLS, because ${lacking}.\n`);
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

test('Redis is where the options say, with its user and password; REDIS_URL is not needed', async () => {
  const options: RedisOptions = {
    ...{ host: '127.0.0.1', port: redis.port, username: login.user, password: login.password, db: 3 },
    // As a program shares them with its own BullMQ: how connections behave, Siaran decides.
    ...{ maxRetriesPerRequest: null, enableReadyCheck: false, connectionName: 'own' },
  };
  const siaran = open({ redis: options }, { REDIS_URL: undefined });
  await siaran.work();
  const { runId } = await siaran.broadcast({ ...request, recipients: invoices(1_200) });
  expect(await finished(siaran, runId)).toMatchObject({ outcome: 'handed_over' });
  const looking = redis.connect();
  try {
    expect(await looking.dbsize()).toBe(0);
    await looking.select(3);
    expect(await looking.dbsize()).toBeGreaterThan(0);
    expect(await looking.client('LIST')).toContain('name=own');
  } finally {
    looking.disconnect();
  }
});

test('options add to REDIS_URL, and count before it', async () => {
  const { siaran, lines } = logging(
    { redis: { username: login.user, password: login.password } },
    { REDIS_URL: `redis://somebody:else@127.0.0.1:${redis.port}` },
  );
  const { runId } = await siaran.broadcast({ ...request, recipients: invoices(3) });
  expect((await siaran.run(runId)).recipients).toMatchObject({ buffered: 3 });

  const wrong = logging({ redis: { password: 'wrong-one', username: login.user } }, { REDIS_URL: redis.url });
  const refusal = await wrong.siaran.enqueue(runId, invoices(1, 9)).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: 'REFUSED', message: expect.stringContaining('WRONGPASS') });
  expect(inspect([refusal, lines, wrong.lines], { depth: 9 })).not.toMatch(/wrong-one|p@ss-of-redis/);
});

test('a Redis is found through its sentinels', async () => {
  const sentinel = await startRedisSentinel({ dataDir: join(dir, 'sentinel'), watched: redis, login, name: 'ledger' });
  try {
    const siaran = open(
      {
        redis: {
          ...{ sentinels: [{ host: '127.0.0.1', port: sentinel.port }], name: 'ledger' },
          ...{ username: login.user, password: login.password },
        },
      },
      { REDIS_URL: undefined },
    );
    await siaran.work();
    const { runId } = await siaran.broadcast({ ...request, recipients: invoices(20) });
    expect(await finished(siaran, runId)).toMatchObject({ outcome: 'handed_over' });
    await sentinel.stop();
    const lost = open(
      { redis: { sentinels: [{ host: '127.0.0.1', port: sentinel.port }], name: 'ledger' } },
      { REDIS_URL: undefined },
    );
    await expect(lost.work()).rejects.toMatchObject({
      ...{ code: 'UNAVAILABLE', retryable: true },
      message: expect.stringContaining('sentinels'),
    });
  } finally {
    await sentinel.stop();
  }
});

(lacking ? test.skip : test)(
  'the certificates of a private CA are an option, whatever the scheme of REDIS_URL',
  async () => {
    await chmod(dir, 0o755);
    const tls = await makeCertificates(dir);
    const server = await startRedisServer({ dataDir: join(dir, 'tls'), tls, login });
    try {
      const siaran = open({ redis: { tls: { ca: tls.ca } } }, { REDIS_URL: server.url });
      const { runId } = await siaran.broadcast({ ...request, recipients: invoices(5) });
      expect((await siaran.run(runId)).recipients).toMatchObject({ buffered: 5 });
      const strange = open({ redis: { tls: {} } }, { REDIS_URL: server.url });
      await expect(strange.work()).rejects.toThrow(/certificate|self-signed/);
    } finally {
      await server.stop();
    }
  },
);

test('a cluster is entered with them', async () => {
  const cluster = await startRedisCluster({ masters: 3, replicasEach: 0, login });
  try {
    const siaran = open(
      { redis: { username: login.user, password: login.password } },
      { REDIS_URL: undefined, SIARAN_REDIS_CLUSTER: cluster.addresses },
    );
    await siaran.work();
    const { runId } = await siaran.broadcast({ ...request, recipients: invoices(10) });
    expect(await finished(siaran, runId)).toMatchObject({ outcome: 'handed_over' });
    await siaran.close();
  } finally {
    await cluster.stop();
  }
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
