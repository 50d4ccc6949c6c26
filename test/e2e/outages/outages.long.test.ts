import { mkdir, mkdtemp, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { startPostgres } from '../../../src/local/postgres.js';
import { startRedis } from '../../../src/local/redis.js';
import { migrate } from '../../../src/store/migrations/migrate.js';
import { eventually, finished, invoiceColumns, invoices, type Rig, startRig } from '../../support/rig.js';

/** Services of this test's own, that it may stop, fill up and start again at the same address. */
let dir: string;
let rig: Rig;
let back: Promise<void> | undefined;
let redis: Awaited<ReturnType<typeof startRedis>>;
const toolsDir = join(process.cwd(), '.siaran', 'tools');
const december = { name: 'December', templateDetailId: 172, columns: invoiceColumns };
const portOf = (url: string) => Number(new URL(url).port);
const redisAt = (port?: number, extraArgs: string[] = []) =>
  startRedis({ dataDir: join(dir, 'redis'), toolsDir, extraArgs, ...(port && { port }) });

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'siaran-outage-'));
  redis = await redisAt();
  rig = await startRig({ env: { REDIS_URL: redis.url } });
});
afterEach(async () => {
  await back;
  await rig.close();
  await redis.stop();
  await rm(dir, { recursive: true, force: true });
});

test('workers refuse a Redis that may evict recipients, and say how to set it right', async () => {
  const admin = new Redis(redis.url);
  await admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
  await expect(rig.work()).rejects.toMatchObject({
    code: 'REDIS_EVICTS',
    message: expect.stringMatching(/allkeys-lru.*CONFIG SET maxmemory-policy noeviction/),
  });
  await admin.quit();
});

test('a Redis that is stopped and comes back is survived by a producer and by workers, and nothing is sent twice', async () => {
  await rig.work();
  const { id } = await rig.siaran.startRun(december);
  const interrupted = async function* () {
    yield* invoices(3_000);
    await redis.stop();
    back = sleep(700).then(async () => {
      redis = await redisAt(portOf(redis.url));
    });
    yield* invoices(3_000, 3_000);
  };
  expect(await rig.siaran.enqueue(id, interrupted(), { source: 'list' })).toEqual({ accepted: 6_000, rejected: 0 });
  await rig.siaran.seal(id);
  expect(await finished(rig.siaran, id)).toMatchObject({
    outcome: 'handed_over',
    recipients: { scheduled: 6_000, missing: 0 },
  });
  expect(Math.max(...rig.sandbox.accepted.deliveries().values())).toBe(1);
});

test('a Redis that is full stops producers, not the drain, and they go on when there is room', async () => {
  const admin = new Redis(redis.url);
  const { id } = await rig.siaran.startRun(december);
  await rig.siaran.enqueue(id, invoices(20_000), { source: 'first' });
  const used = Number(/used_memory:(\d+)/.exec(await admin.info('memory'))?.[1]);
  await admin.config('SET', 'maxmemory', String(used - 100_000));
  const waiting = rig.siaran.enqueue(id, invoices(20_000, 20_000), { source: 'second' });
  await eventually(
    async () => (await rig.siaran.run(id)).recipients.buffered,
    (rows) => rows === 20_000,
  );
  await rig.work();
  expect(await waiting).toEqual({ accepted: 20_000, rejected: 0 });
  await rig.siaran.seal(id);
  expect(await finished(rig.siaran, id)).toMatchObject({ outcome: 'handed_over', recipients: { scheduled: 40_000 } });
  expect(Math.max(...rig.sandbox.accepted.deliveries().values())).toBe(1);
  await admin.quit();
});

test('a Redis that cannot write its file is full: a producer waits, and goes on when its disk has room', async () => {
  const admin = new Redis(redis.url);
  const saved = async (status: string) => {
    await admin.bgsave().catch(() => {});
    const ended = await eventually(
      () => admin.info('persistence'),
      (info) => /rdb_bgsave_in_progress:0/.test(info),
    );
    expect(ended).toContain(`rdb_last_bgsave_status:${status}`);
  };
  const { id } = await rig.siaran.startRun(december);
  await admin.config('SET', 'save', '3600 1');
  // Something stands where its file should.
  await mkdir(join(dir, 'redis', 'dump.rdb'));
  await saved('err');
  await expect(admin.set('key', 'value')).rejects.toThrow('MISCONF');
  const waiting = rig.siaran.enqueue(id, invoices(1_000), { source: 'list' });
  expect(await Promise.race([waiting.catch(String), sleep(500)])).toBeUndefined();
  await rmdir(join(dir, 'redis', 'dump.rdb'));
  await saved('ok');
  expect(await waiting).toEqual({ accepted: 1_000, rejected: 0 });
  await admin.quit();
});

test('a Postgres that is stopped and comes back is survived by a producer and by workers, and nothing is sent twice', async () => {
  const start = (port?: number) =>
    startPostgres({ dataDir: join(dir, 'postgres'), throwaway: true, ...(port && { port }) });
  let postgres = await start();
  await migrate(postgres.url);
  const siaran = rig.open({ DATABASE_URL: postgres.url, SIARAN_PREFIX: `${rig.env.SIARAN_PREFIX}-own` });
  try {
    await siaran.work();
    const { id } = await siaran.startRun(december);
    rig.sandbox.setFaults([{ on: 'send', kind: 'latency', latencyMs: 100 }]);
    const interrupted = async function* () {
      yield* invoices(5_000);
      await eventually(
        () => siaran.run(id),
        (run) => run.batches.scheduled > 0,
      );
      await postgres.stop();
      back = sleep(700).then(async () => {
        postgres = await start(portOf(postgres.url));
      });
      yield* invoices(5_000, 5_000);
    };
    expect(await siaran.enqueue(id, interrupted(), { source: 'list' })).toEqual({ accepted: 10_000, rejected: 0 });
    await siaran.seal(id);
    const run = await finished(siaran, id);
    expect(run.recipients.scheduled + run.recipients.unknown).toBe(10_000);
    expect(await siaran.verify(id)).toMatchObject({ ok: true });
    expect(Math.max(...rig.sandbox.accepted.deliveries().values())).toBe(1);
  } finally {
    await siaran.close();
    await postgres.stop();
  }
});

test('workers that are at work can be told from those that only hang on', async () => {
  const workers = await rig.work();
  await eventually(
    () => rig.ctx.heartbeats.alive(),
    (alive) => alive.length === 1,
  );
  await workers.close();
  expect(await rig.ctx.heartbeats.alive()).toEqual([]);
});

test('a buffer is found whatever the ledger says of its run', async () => {
  const { id } = await rig.siaran.startRun(december);
  await rig.siaran.enqueue(id, invoices(1_000), { source: 'list' });
  await rig.query('UPDATE runs SET drained_at = now() WHERE id = $1', [id]);
  await rig.work();
  await eventually(
    () => rig.siaran.run(id),
    (run) => run.recipients.scheduled === 1_000,
  );
});
