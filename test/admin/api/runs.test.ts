import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildAdmin } from '../../../src/admin/server.js';
import { type AdminRig, asOperator, people, startAdminRig, tokens } from '../../support/admin.js';
import { openClient } from '../../support/api-client.js';
import { eventually, finished, phoneNumber } from '../../support/rig.js';
import { pausedRun } from '../runs.js';
import { openVisitors } from '../visitors.js';

let rig: AdminRig;

beforeAll(async () => {
  rig = await startAdminRig();
  await rig.work();
});

afterAll(() => rig.close());

const request = { name: 'December', templateDetailId: 172, columns: ['phone_number', 'body_variable1'] };

function csv(count: number, from = 0): string {
  const rows = Array.from({ length: count }, (_, at) => `${phoneNumber(from + at)},INV-${from + at}\n`);
  return `phone_number,body_variable1\n${rows.join('')}`;
}

test('a run is started, fed, sealed and delivered over HTTP', async () => {
  const api = openClient(rig);
  const body = { ...request, key: 'one' };
  const started = await api.POST('/api/v1/runs', { body });
  expect(started).toMatchObject({ response: { status: 201 }, data: { key: 'one', existed: false } });
  const runId = started.data?.id ?? '';
  const again = await api.POST('/api/v1/runs', { body });
  expect(again).toMatchObject({ response: { status: 200 }, data: { id: runId, existed: true } });
  const params = { path: { runId } };
  const fed = await api.POST('/api/v1/runs/{runId}/recipients', {
    params: { ...params, query: { source: 'a' } },
    headers: { 'Content-Type': 'text/csv' },
    body: csv(1_500),
    bodySerializer: (text) => text,
  });
  expect(fed.data).toEqual({ accepted: 1_500, rejected: 0 });
  const sealed = await api.POST('/api/v1/runs/{runId}/seal', { params });
  expect(sealed.data?.id).toBe(runId);
  await finished(rig.siaran, runId);
  const run = await api.GET('/api/v1/runs/{runId}', { params });
  expect(run.data).toMatchObject({ outcome: 'handed_over', recipients: { scheduled: 1_500 }, forecast: null });
  const first = await api.GET('/api/v1/runs/{runId}/batches', { params: { ...params, query: { limit: 1 } } });
  expect(first.data).toMatchObject({ items: [{ number: 1, recipients: 1_000 }], next: '1' });
  const query = { limit: 1, cursor: first.data?.next ?? '' };
  const second = await api.GET('/api/v1/runs/{runId}/batches', { params: { ...params, query } });
  expect(second.data).toMatchObject({ items: [{ number: 2 }], next: null });
  const verified = await api.GET('/api/v1/runs/{runId}/verification', { params });
  expect(verified.data).toEqual({ runId, ok: true, breaches: [] });
  const exported = await api.GET('/api/v1/runs/{runId}/export', { params, parseAs: 'text' });
  expect(exported.data?.split('\r\n')).toHaveLength(1_502);
  expect(exported.data).toContain(phoneNumber(7));
  const asViewer = openClient(rig, tokens.viewer);
  const masked = await asViewer.GET('/api/v1/runs/{runId}/export', { params, parseAs: 'text' });
  expect(masked.data).not.toContain(phoneNumber(7));
  const refused = await asViewer.POST('/api/v1/runs/{runId}/pause', { params });
  expect(refused.error?.code).toBe('ROLE');
});

test.each([
  ['text/csv', ''],
  ['text/csv', 'phone_number,body_variable1\n'],
  ['application/x-ndjson', ''],
  ['application/x-ndjson', '\n'],
])('a body of %s with nobody in it, %j, is taken, and the run ends nobody', async (type, body) => {
  const { body: started } = await rig.ask('POST', '/api/v1/runs', { json: request });
  const path = `/api/v1/runs/${started.id}`;
  const fed = await rig.ask('POST', `${path}/recipients?source=a`, { body, headers: { 'Content-Type': type } });
  expect(fed).toMatchObject({ status: 200, body: { accepted: 0, rejected: 0 } });
  await rig.ask('POST', `${path}/seal`);
  await finished(rig.siaran, started.id);
  expect((await rig.ask('GET', path)).body).toMatchObject({ status: 'finished', outcome: 'nobody' });
});

test('a viewer may look and change nothing; a stranger learns nothing', async () => {
  for (const token of [null, 'wrong-token-0123456789']) {
    const answer = await rig.ask('GET', '/api/v1/runs', { token });
    expect(answer).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED', status: 401 } });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  }
  expect((await rig.ask('GET', '/api/v1/runs', { token: tokens.viewer })).status).toBe(200);
  const denied = await rig.ask('POST', '/api/v1/runs', { token: tokens.viewer, json: request });
  expect(denied).toMatchObject({ status: 403, body: { code: 'ROLE' } });
});

test('what is wrong is told by its name, as a problem', async () => {
  const wrong = await rig.ask('POST', '/api/v1/runs', { json: { ...request, templateDetailId: 0, more: 1 } });
  expect(wrong).toMatchObject({ status: 400, body: { code: 'USAGE', detail: expect.stringContaining('more') } });
  const refused = await rig.ask('POST', '/api/v1/runs', { json: { ...request, templateDetailId: 0 } });
  expect(refused.body.detail).toContain('templateDetailId is 0');
  expect((await rig.ask('GET', '/api/v1/runs/rnothing1')).body).toMatchObject({ status: 404, code: 'NOT_FOUND' });
});

test('each change is in the audit log with the name of whoever asked', async () => {
  await rig.ask('POST', '/api/v1/runs/rnothing1/pause');
  const rows = await rig.query('SELECT actor, action, target, status FROM audit_entries ORDER BY id DESC LIMIT 1');
  expect(rows).toEqual([{ actor: 'ada', action: 'POST /api/v1/runs/:runId/pause', target: 'rnothing1', status: 404 }]);
});

test('the API describes itself', async () => {
  const { body } = await rig.ask('GET', '/openapi.json');
  expect(Object.keys(body.paths)).toContain('/api/v1/runs/{runId}/recipients');
});

test('pages are no part of what the API says of itself', async () => {
  const { body } = await rig.ask('GET', '/openapi.json');
  expect(Object.keys(body.paths).filter((path) => !path.startsWith('/api/'))).toEqual([]);
});

test('the heads of a body are mapped as the address says, and a last row without a line end is not taken of a stream', async () => {
  const started = await rig.ask('POST', '/api/v1/runs', { json: { ...request, key: 'mapped' } });
  const path = `/api/v1/runs/${started.body.id}/recipients`;
  const body = `HP,Notes,BODY_VARIABLE1\n${phoneNumber(7_001)},x,INV-1\n${phoneNumber(7_002)},y,IN`;
  const headers = { 'Content-Type': 'text/csv' };
  const unknown = await rig.ask('POST', path, { body, headers });
  expect(unknown).toMatchObject({ status: 400, body: { detail: expect.stringContaining('--map "HP=phone_number') } });
  const wrong = await rig.ask('POST', `${path}?map=HP`, { body, headers });
  expect(wrong).toMatchObject({ status: 400, body: { detail: expect.stringContaining('map: write pairs such as') } });
  const mapping = `${path}?map=HP%3Dphone_number&ignoreColumns=Notes`;
  const stream = new Blob([body]).stream();
  const streamed = await rig.ask('POST', mapping, { body: stream, headers });
  expect(streamed).toMatchObject({ status: 200, body: { accepted: 1, rejected: 1 } });
  // A body whose length was told is whole.
  const whole = await rig.ask('POST', mapping, { body, headers });
  expect(whole).toMatchObject({ status: 200, body: { accepted: 2, rejected: 0 } });
});

test('changes of a run come as events to all who watch it, and end with it', async () => {
  const runId = await pausedRun(rig);
  const { viewer } = await openVisitors(rig);
  const read = async (leaveAfterFirst: boolean) => {
    const leaving = new AbortController();
    const headers = { Cookie: viewer };
    const response = await fetch(`${rig.url}/api/v1/runs/${runId}/events`, { headers, signal: leaving.signal });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    let text = '';
    try {
      for await (const part of response.body ?? []) {
        text += Buffer.from(part).toString();
        if (leaveAfterFirst && text.includes('event: run')) leaving.abort();
      }
    } catch (error) {
      if (!leaving.signal.aborted) throw error;
    }
    return text;
  };
  const leaver = read(true);
  const [one, other] = [read(false), read(false)];
  expect(await leaver).toContain('"status":"paused"');
  await rig.siaran.resume(runId);
  await rig.siaran.seal(runId);
  const [first, second] = await Promise.all([one, other]);
  expect(first).toContain('"outcome":"handed_over"');
  expect(first.trimEnd().endsWith('event: end\ndata: {}')).toBe(true);
  expect(second.split('event: run').length).toBe(first.split('event: run').length);
  expect((await rig.ask('GET', '/api/v1/runs/rnothing/events')).status).toBe(404);
  const grid = await rig.ask('GET', `/api/v1/runs/${runId}/grid`);
  expect(grid.body).toMatchObject({ letters: { scheduled: 'd' }, states: 'ddd' });
});

test('a run that nobody watches any more costs nothing', async () => {
  const runId = await pausedRun(rig);
  let asked = 0;
  const db = new Proxy(rig.ctx.db, {
    get(target, name) {
      if (name === '$queryRaw') asked += 1;
      return Reflect.get(target, name);
    },
  });
  const app = await buildAdmin({ ...rig.ctx, db }, people);
  try {
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const leaving = new AbortController();
    const response = await fetch(`${url}/api/v1/runs/${runId}/events`, { signal: leaving.signal, headers: asOperator });
    await response.body?.getReader().read();
    const askedInASecond = async () => {
      const before = asked;
      await sleep(1_100);
      return asked - before;
    };
    expect(await askedInASecond()).toBeGreaterThan(0);
    leaving.abort();
    await eventually(askedInASecond, (queries) => queries === 0);
  } finally {
    await app.close();
  }
});
