import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import type { Siaran } from '../../src/index.js';
import { openScrape } from '../../src/monitoring/gauges.js';
import { openReadiness } from '../../src/monitoring/health.js';
import { type Running, run, start, until } from '../cli/siaran.js';
import { readFigures } from '../support/figures.js';
import { eventually, finished, invoiceColumns, invoices, type Rig, startRig } from '../support/rig.js';
import { type ClusterNode, type RedisCluster, startRedisCluster } from '../support/servers/redis-cluster.js';

let cluster: RedisCluster;
let rig: Rig;
let workers: Running[] = [];

beforeAll(async () => {
  cluster = await startRedisCluster();
});
afterAll(() => cluster?.stop());
beforeEach(async () => {
  rig = await startRig({ env: { REDIS_URL: '', SIARAN_REDIS_CLUSTER: cluster.addresses } });
});
afterEach(async () => {
  for (const { child } of workers) child.kill('SIGCONT');
  for (const { child } of workers) child.kill('SIGTERM');
  await Promise.all(workers.map(({ ended }) => ended));
  workers = [];
  await rig.close();
});

const december = { name: 'December invoices', templateDetailId: 172, columns: invoiceColumns };

/** Processes of their own, at work. */
async function hire(count: number, env: Record<string, string>): Promise<void> {
  const hired = Array.from({ length: count }, () => start(['worker', '--json'], { env }));
  workers.push(...hired);
  for (const worker of hired) await until(() => worker.stdout().includes('\n'), 'a worker');
}

function deliveries(): { numbers: number; most: number } {
  const counts = [...rig.sandbox.accepted.deliveries().values()];
  return { numbers: counts.length, most: Math.max(0, ...counts) };
}

test('a run goes through a cluster, from the library to worker processes', async () => {
  await hire(2, rig.env);
  const { runId } = await rig.siaran.broadcast({ ...december, recipients: invoices(3_500) });
  expect(await finished(rig.siaran, runId)).toMatchObject({
    outcome: 'handed_over',
    recipients: { enqueued: 3_500, scheduled: 3_500, missing: 0 },
  });
  expect(deliveries()).toEqual({ numbers: 3_500, most: 1 });
  expect(await rig.siaran.verify(runId)).toMatchObject({ ok: true });
  expect((await rig.ctx.witness.latest()).map(({ batchId }) => batchId).sort()).toEqual(
    [1, 2, 3, 4].map((number) => `${runId}-000${number}`),
  );
  expect(await rig.ctx.heartbeats.alive()).toHaveLength(2);
});

test('runs that have anything buffered are found on every master, and can be set aside', async () => {
  const runIds: string[] = [];
  const owners = new Set<number>();
  while (owners.size < cluster.masters.length || runIds.length < 5) {
    const { id } = await rig.siaran.startRun(december);
    await rig.siaran.enqueue(id, invoices(1), { source: 'list' });
    runIds.push(id);
    owners.add((await cluster.ownerOf(`{${id}}`)).port);
  }
  const found = async () => {
    const ids: string[] = [];
    for await (const id of rig.ctx.buffer.bufferedRuns()) ids.push(id);
    return ids.sort();
  };
  expect(await found()).toEqual([...runIds].sort());
  expect(await rig.ctx.buffer.nonEmpty([...runIds, 'r00000000'])).toEqual(new Set(runIds));
  const figures = readFigures(await openScrape(rig.ctx, new Registry())());
  expect(figures.get('siaran_up{service="redis"}')).toBe(1);
  expect(figures.get('siaran_buffer_rows')).toBe(runIds.length);
  expect(figures.get('siaran_queue_jobs{queue="chunk",state="waiting"}')).toBe(runIds.length);
  expect(await openReadiness(rig.ctx)()).toEqual([]);
  for (const id of runIds) await rig.ctx.buffer.setAside(id);
  expect(await found()).toEqual([]);
});

test('the doctor shows the cluster, and names the one master that is set up wrongly', async () => {
  type Checks = { check: string; ok: boolean; detail: string }[];
  const ask = async () => {
    const { stdout } = await run(['doctor', '--json'], { env: rig.env });
    return (JSON.parse(stdout) as Checks).filter(({ check }) => check.startsWith('Redis'));
  };
  const well = await ask();
  expect(well.length).toBeGreaterThanOrEqual(5);
  expect(well.filter(({ ok }) => !ok)).toEqual([]);
  expect(well[0]?.detail).toMatch(/^cluster of 3 masters with 3 replicas \((127\.0\.0\.1:\d+(, |\))){3}, \w+ [\d.]+$/);
  for (const { port } of cluster.masters) expect(well[0]?.detail).toContain(`127.0.0.1:${port}`);

  const [wrong] = cluster.masters;
  try {
    await wrong?.redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    const amiss = (await ask()).filter(({ ok }) => !ok);
    expect(amiss).toMatchObject([{ check: 'Redis maxmemory-policy', detail: `127.0.0.1:${wrong?.port}: allkeys-lru` }]);
    await expect(rig.work()).rejects.toMatchObject({
      code: 'REDIS_EVICTS',
      message: expect.stringContaining(`Redis at 127.0.0.1:${wrong?.port} has the maxmemory-policy allkeys-lru`),
    });
  } finally {
    await wrong?.redis.config('SET', 'maxmemory-policy', 'noeviction');
  }
});

test('a master dies with rows that its replica never had: nobody is messaged twice, and what is lost is said and can be filled in', async () => {
  const total = 8_000;
  const { id } = await rig.siaran.startRun(december);
  const owner = await cluster.ownerOf(`{${id}}`);
  // The queues are to die with the rows.
  const env = { ...rig.env, SIARAN_PREFIX: await prefixOn(owner.port), LOG_LEVEL: 'warn' };
  const siaran = rig.open({ ...env, LOG_LEVEL: 'silent' });
  await hire(4, env);
  const others = [1, 2].map((at) => siaran.broadcast({ ...december, recipients: invoices(total, at * total) }));

  const late = () => siaran.enqueue(id, invoices(1_000, total - 1_000), { source: 'late' });
  const interrupted = async function* () {
    yield* invoices(4_000);
    await eventually(
      () => siaran.run(id),
      (view) => view.batches.scheduled >= 3,
    );
    // The others' rows may wait on the same master, and aren't what is to be lost.
    for (const { runId } of await Promise.all(others))
      await eventually(
        () => siaran.run(runId),
        (view) => view.recipients.buffered === 0,
      );
    for (const { child } of workers) child.kill('SIGSTOP');
    await cluster.cutOff(owner);
    expect(await late()).toEqual({ accepted: 1_000, rejected: 0 });
    yield* invoices(2_000, 4_000);
    await cluster.setNodeTimeout(2_000);
    owner.kill();
    for (const { child } of workers) child.kill('SIGCONT');
    yield* invoices(1_000, 6_000);
  };
  // The replica lacks blocks before the next one: to a producer that is at work it is said, and it begins again.
  await expect(siaran.enqueue(id, interrupted(), { source: 'list' })).rejects.toMatchObject({
    code: 'INTAKE_LOST',
    retryable: true,
  });
  await siaran.enqueue(id, invoices(total - 1_000), { source: 'list' });
  await siaran.seal(id);
  const gap = await finished(siaran, id);
  expect(gap).toMatchObject({ outcome: 'needs_attention', recipients: { scheduled: total - 1_000, missing: 1_000 } });
  expect((await cluster.ownerOf(`{${id}}`)).port).not.toBe(owner.port);

  await late();
  await eventually(
    () => siaran.run(id),
    (view) => view.outcome === 'handed_over',
  );
  const runIds = [id, ...(await Promise.all(others)).map(({ runId }) => runId)];
  for (const runId of runIds) {
    expect(await finished(siaran, runId)).toMatchObject({ outcome: 'handed_over', recipients: { scheduled: total } });
    expect(await siaran.verify(runId)).toMatchObject({ ok: true, breaches: [] });
  }
  expect(deliveries()).toEqual({ numbers: 3 * total, most: 1 });
  const told = (text: RegExp) => workers.map((worker) => worker.stderr().match(text)?.length ?? 0);
  expect(Math.max(...told(/can't be reached/g))).toBeGreaterThan(0);
  await eventually(
    async () => [told(/can't be reached/g), told(/Redis is back/g)],
    ([gone, back]) => String(gone) === String(back),
  );
});

describe('a master that falls silent, with the queues and the rows of a run,', () => {
  const silentMs = 9_000;
  const withinMs = 60_000;
  let owner: ClusterNode;
  let siaran: Siaran;
  let runId: string;

  beforeEach(async () => {
    // Nobody takes over from it within its silence, unless the test says so.
    await cluster.setNodeTimeout(20_000);
    [owner] = cluster.masters.filter((master) => !master.isKilled()) as [ClusterNode];
    const prefix = await prefixOn(owner.port);
    const times = { SIARAN_REQUEST_TIMEOUT: '5s', SIARAN_CLAIM_TTL: '7s' };
    const env = { ...rig.env, ...times, SIARAN_PREFIX: prefix };
    siaran = rig.open(env);
    rig.sandbox.setFaults([{ on: 'any', kind: 'latency', latencyMs: 200 }]);
    const { id } = await runOn(siaran, owner.port);
    runId = id;
    await hire(2, { ...env, LOG_LEVEL: 'warn' });
    await siaran.enqueue(runId, invoices(20_000), { source: 'list' });
    await siaran.seal(runId);
    await eventually(
      () => siaran.run(runId),
      ({ batches }) => batches.scheduled > 0 && batches.scheduled < 10,
    );
  });
  const allIsHandedOver = async () => {
    expect(
      await eventually(
        () => siaran.run(runId),
        ({ status }) => status === 'finished',
        withinMs,
      ),
    ).toMatchObject({ outcome: 'handed_over', recipients: { scheduled: 20_000, unknown: 0, missing: 0 } });
    expect(await siaran.verify(runId)).toMatchObject({ ok: true, breaches: [] });
    expect(deliveries()).toEqual({ numbers: 20_000, most: 1 });
  };

  test('is waited for, and its workers go on once it answers', async () => {
    owner.fallSilent();
    await sleep(silentMs);
    expect(await rig.query("SELECT id FROM batches WHERE status <> 'scheduled'")).not.toEqual([]);
    owner.goOn();
    await allIsHandedOver();
  });

  test('is replaced by its replica, and its workers go on with that, while their connections to it stand', async () => {
    await cluster.setNodeTimeout(2_000);
    owner.fallSilent();
    try {
      await allIsHandedOver();
    } finally {
      owner.goOn();
    }
    await eventually(
      () => cluster.ownerOf(`{${runId}}`),
      ({ port }) => port !== owner.port,
    );
  });
});

async function runOn(siaran: Siaran, port: number) {
  for (;;) {
    const run = await siaran.startRun(december);
    if ((await cluster.ownerOf(`{${run.id}}`)).port === port) return run;
    await siaran.cancel(run.id);
  }
}

async function prefixOn(port: number): Promise<string> {
  for (let at = 0; ; at += 1) {
    const prefix = `${rig.env.SIARAN_PREFIX}_${at}`;
    if ((await cluster.ownerOf(`{${prefix}}`)).port === port) return prefix;
  }
}
