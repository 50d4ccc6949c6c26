import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { freePort } from '../../src/local/processes.js';
import { openLiveness, Pulse } from '../../src/monitoring/health.js';
import { start, until } from '../cli/siaran.js';
import { type AdminRig, startAdminRig, tokens } from '../support/admin.js';
import { scrape } from '../support/figures.js';
import { eventually } from '../support/rig.js';
import { startSilentProxy } from '../support/servers/silent-proxy.js';
import { ready } from './ready.js';

let rig: AdminRig;

beforeEach(async () => {
  rig = await startAdminRig();
});
afterEach(() => rig.close());

test('a schema that is not ours makes it not ready, by that name', async () => {
  await rig.ctx.db.$executeRaw`DELETE FROM _prisma_migrations WHERE migration_name LIKE '%_baseline'`;
  const seen = await eventually(
    () => ready(rig.url),
    ({ status }) => status === 503,
  );
  expect(seen.body).toEqual({ ready: false, missing: ['schema'] });
});

test('a worker to which Postgres or Redis is silent is as good as dead, unless it holds an answer that it has yet to record', async () => {
  const { REDIS_URL = '' } = rig.env;
  const proxy = await startSilentProxy(REDIS_URL);
  const config = { ...rig.ctx.config, redisUrl: proxy.through(REDIS_URL) };
  const ctx = { ...rig.ctx, config, unrecorded: new Set<string>() };
  const liveness = openLiveness(ctx, new Pulse(), 0);
  proxy.silence();
  ctx.unrecorded.add('token');
  expect(await liveness()).toBeUndefined();
  ctx.unrecorded.clear();
  expect(await liveness()).toMatch(/nothing was got done .* is silent from here/);
  proxy.close();
});

test('a worker answers without a token, and with nothing but these three', async () => {
  const port = await freePort();
  await rig.work({ SIARAN_WORKER_PORT: String(port) });
  const url = `http://127.0.0.1:${port}`;
  expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ ok: true, fault: null });
  for (const path of ['/', '/api/v1/runs', '/queues', '/openapi.json'])
    expect((await fetch(`${url}${path}`)).status).toBe(404);
  expect((await fetch(`${url}/metrics`, { method: 'POST' })).status).toBe(404);
  await expect(rig.work({ SIARAN_WORKER_PORT: String(port) })).rejects.toMatchObject({
    code: 'PORT',
    message: expect.stringContaining('SIARAN_WORKER_PORT'),
  });
});

test('a worker process tells them for as long as it runs', async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const worker = start(['worker', '--json'], { env: { ...rig.env, SIARAN_WORKER_PORT: String(port) } });
  await until(() => worker.stdout().includes('}'), 'the worker');
  expect((await ready(url)).status).toBe(200);
  await eventually(
    () => scrape(url),
    (figures) => figures.get('siaran_workers') === 1,
  );
  worker.child.kill('SIGTERM');
  expect(await worker.ended).toMatchObject({ code: 0 });
  await expect(fetch(`${url}/healthz`)).rejects.toThrow();
});

test('the admin tells its figures to those who have access, and its health to all', async () => {
  for (const path of ['/healthz', '/readyz']) expect((await rig.ask('GET', path, { token: null })).status).toBe(200);
  expect((await rig.ask('GET', '/metrics', { token: null })).status).toBe(401);
  const answer = await rig.ask('GET', '/metrics', { token: tokens.viewer });
  expect(answer).toMatchObject({ status: 200, text: expect.stringContaining('# HELP siaran_up') });
  expect(answer.headers.get('content-type')).toContain('text/plain');
});
