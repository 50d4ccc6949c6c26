import { Writable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import type { AdminApp } from '../../../src/admin/app.js';
import { buildAdmin } from '../../../src/admin/server.js';
import { asOperator, asViewer, people } from '../../support/admin.js';
import { type Rig, startRig } from '../../support/rig.js';

let rig: Rig;
let app: AdminApp;
const lines: Record<string, unknown>[] = [];

beforeAll(async () => {
  rig = await startRig();
  const logger = pino(
    { base: null },
    new Writable({ write: (chunk, _encoding, done) => done(void lines.push(JSON.parse(String(chunk)))) }),
  );
  app = await buildAdmin({ ...rig.ctx, logger }, people);
});
afterAll(async () => {
  await app.close();
  await rig.close();
});

const refused = () => lines.splice(0).filter(({ msg }) => msg === 'request refused');

async function ask(url: string, headers: Record<string, string>, method: 'GET' | 'POST' = 'POST', payload?: object) {
  const asked = { method, url, headers, remoteAddress: '203.0.113.7', ...(payload && { payload }) };
  return (await app.inject(asked)).statusCode;
}

test('who is refused for their role, or for another site, is logged without what they asked with', async () => {
  expect(await ask('/api/v1/runs/r6281234567890/cancel', asViewer)).toBe(403);
  expect(await ask('/api/v1/runs/r1/cancel', { ...asOperator, origin: 'https://evil.test' })).toBe(403);
  expect(await ask('/logout', { 'sec-fetch-site': 'cross-site' })).toBe(403);
  expect(await ask('/api/v1/runs', asOperator, 'GET')).toBe(200);
  const told = { address: '203.0.113.7', method: 'POST', status: 403 };
  expect(refused()).toMatchObject([
    { ...told, actor: 'desk', role: 'viewer', route: '/api/v1/runs/:runId/cancel' },
    { ...told, actor: 'ada', role: 'operator', route: '/api/v1/runs/:runId/cancel' },
    { ...told, route: '/logout' },
  ]);
});

test('whoever is refused again and again does not fill the log', async () => {
  for (let time = 0; time < 40; time += 1) await ask('/api/v1/runs/r1/cancel', asViewer);
  const told = refused().length;
  expect(told).toBeGreaterThan(20);
  expect(told).toBeLessThanOrEqual(30);
});

test('who asks with what a route does not take is logged, with the fields and without what stood in them', async () => {
  const secret = 'Ani 6281234567890';
  expect(await ask('/api/v1/suppressions', asOperator, 'POST', { phoneNumbers: secret, [secret]: secret })).toBe(400);
  expect(await ask('/api/v1/runs?limit=many&6281234567890=1', asOperator, 'GET')).toBe(400);
  expect(await ask('/login', {}, 'POST', { name: { of: secret } })).toBe(400);
  expect(await ask('/api/v1/holds/resume', asOperator, 'POST', { account: `a\0${secret}` })).toBe(400);
  const told = refused();
  expect(told).toMatchObject([
    {
      ...{ actor: 'ada', role: 'operator', method: 'POST', route: '/api/v1/suppressions', status: 400 },
      faults: expect.arrayContaining(['body.phoneNumbers: invalid_type']),
    },
    { actor: 'ada', faults: expect.arrayContaining([expect.stringMatching(/^querystring\.limit: /)]) },
    { address: '203.0.113.7', route: '/login', faults: ['body.name: invalid_type'] },
    { actor: 'ada', faults: ['There is a NUL character in it.'] },
  ]);
  for (const kept of ['Ani', '6281234567890', 'many']) expect(JSON.stringify(told)).not.toContain(kept);
});

test('wrong requests do not fill the log, and take no line of other refusals', async () => {
  for (let time = 0; time < 40; time += 1) await ask('/api/v1/runs?limit=x', asOperator, 'GET');
  await ask('/api/v1/runs/r1/cancel', { ...asOperator, origin: 'https://evil.test' });
  const told = refused().map(({ status }) => status);
  expect(told.filter((status) => status === 400).length).toBeLessThanOrEqual(30);
  expect(told.at(-1)).toBe(403);
});
