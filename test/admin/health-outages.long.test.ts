import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startPostgres } from '../../src/local/postgres.js';
import { freePort } from '../../src/local/processes.js';
import { startRedis } from '../../src/local/redis.js';
import type { LocalServer } from '../../src/local/server.js';
import { openLiveness, Pulse } from '../../src/monitoring/health.js';
import { migrate } from '../../src/store/migrations/migrate.js';
import { startReconcileTimer } from '../../workers/reconcile-timer.js';
import { type AdminRig, startAdminRig, tokens } from '../support/admin.js';
import { scrape, total } from '../support/figures.js';
import { eventually, finished, invoiceColumns, invoices } from '../support/rig.js';
import { ready } from './ready.js';

/** Services of this test's own, that it may stop and start again at the same address. */
let dir: string;
let postgres: LocalServer;
let redis: LocalServer;
let rig: AdminRig;
const toolsDir = join(process.cwd(), '.siaran', 'tools');
const portOf = (url: string) => Number(new URL(url).port);
const postgresAt = (port?: number) => startPostgres({ dataDir: join(dir, 'postgres'), throwaway: true, port });
const redisAt = (port?: number) => startRedis({ dataDir: join(dir, 'redis'), toolsDir, ...(port && { port }) });

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'siaran-health-'));
  [postgres, redis] = await Promise.all([postgresAt(), redisAt()]);
  await migrate(postgres.url);
  rig = await startAdminRig({ env: { DATABASE_URL: postgres.url, REDIS_URL: redis.url } });
});
afterEach(async () => {
  await rig.close();
  await Promise.all([postgres.stop(), redis.stop()]);
  await rm(dir, { recursive: true, force: true });
});

const december = { name: 'December', templateDetailId: 172, columns: invoiceColumns };

test('readiness, health and figures follow each service, of the admin and of a worker alike', async () => {
  const port = await freePort();
  await rig.work({ SIARAN_WORKER_PORT: String(port), DATABASE_URL: postgres.url, REDIS_URL: redis.url });
  const worker = `http://127.0.0.1:${port}`;
  const urls = [rig.url, worker];
  const token = tokens.viewer;
  for (const url of urls) expect(await ready(url)).toEqual({ status: 200, body: { ready: true, missing: [] } });

  await redis.stop();
  for (const url of urls) {
    const seen = await eventually(
      () => ready(url),
      ({ status }) => status === 503,
    );
    expect(seen.body).toEqual({ ready: false, missing: ['redis'] });
    const figures = await eventually(
      () => scrape(url, token),
      (of) => of.get('siaran_up{service="redis"}') === 0 && of.get('siaran_up{service="postgres"}') === 1,
    );
    expect(figures.get('siaran_unknown_batches{account="default"}')).toBe(0);
    expect([figures.has('siaran_workers'), total(figures, 'siaran_queue_jobs')]).toEqual([false, 0]);
  }
  redis = await redisAt(portOf(redis.url));
  for (const url of urls)
    await eventually(
      () => ready(url),
      ({ status }) => status === 200,
    );

  await postgres.stop();
  for (const url of urls) {
    const seen = await eventually(
      () => ready(url),
      ({ status }) => status === 503,
    );
    expect(seen.body).toEqual({ ready: false, missing: ['postgres'] });
    const figures = await eventually(
      () => scrape(url, token),
      (of) => of.get('siaran_up{service="postgres"}') === 0,
    );
    // A worker's connections are made anew for some seconds after Redis was away, and whose Redis it is Postgres has to say.
    if (url === rig.url) expect(figures.get('siaran_up{service="redis"}')).toBe(1);
    expect(total(figures, 'siaran_batches')).toBe(0);
    expect(figures.has('siaran_oldest_unfinished_batch_age_seconds')).toBe(false);
    expect(figures.has('siaran_workers')).toBe(true);
  }
  postgres = await postgresAt(portOf(postgres.url));
  for (const url of urls) {
    await eventually(
      () => ready(url),
      ({ status }) => status === 200,
    );
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  }
  const { runId } = await rig.siaran.broadcast({ ...december, recipients: invoices(10) });
  expect(await finished(rig.siaran, runId)).toMatchObject({ outcome: 'handed_over' });
});

test('a worker that gets nothing done is as good as dead; one whose services are away is not', async () => {
  const pulse = new Pulse();
  const liveness = openLiveness(rig.ctx, pulse, 300);
  expect(await liveness()).toBeUndefined();
  expect(await eventually(liveness, (fault) => fault !== undefined)).toMatch(
    /nothing was got done .* Postgres and Redis answer/,
  );
  pulse.beat();
  expect(await liveness()).toBeUndefined();
  await redis.stop();
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  expect(pulse.ageMs).toBeGreaterThan(300);
  expect(await liveness()).toBeUndefined();
  redis = await redisAt(portOf(redis.url));
  expect(await eventually(liveness, (fault) => fault !== undefined)).toBeDefined();
});

test('a worker beside a full Redis is as good as ever, and the figures say that it is full', async () => {
  const pulse = new Pulse();
  const timer = startReconcileTimer(rig.ctx, pulse);
  await rig.ctx.redis.call('CONFIG', 'SET', 'maxmemory', '1');
  await expect(rig.ctx.heartbeats.beat('a-worker', ['default'])).rejects.toThrow('OOM');
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  expect(pulse.ageMs).toBeLessThan(4_000);
  const figures = await scrape(rig.url, tokens.viewer);
  expect(figures.get('siaran_redis_memory_ratio')).toBeGreaterThan(1);
  await rig.ctx.redis.call('CONFIG', 'SET', 'maxmemory', '0');
  await timer.close();
});
