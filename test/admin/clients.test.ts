import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { type AdminRig, startAdminRig, tokens } from '../support/admin.js';
import { eventually, finished, invoiceColumns, invoices } from '../support/rig.js';

/** Clients that leave, stall, repeat themselves, or look where they should not. */
let rig: AdminRig;
const api = '/api/v1';
const run = { name: 'December', templateDetailId: 172, columns: invoiceColumns };
const template = { templateDetailId: 172, channelId: 534, templateName: 'reminder', namespace: 'ns', language: 'id' };

beforeEach(async () => {
  rig = await startAdminRig({ env: { SIARAN_FREE_AUDIENCES: 'on' } });
});
afterEach(async () => {
  jest.restoreAllMocks();
  await rig.close();
});

function dial(): Socket {
  return connect(Number(new URL(rig.url).port), '127.0.0.1').on('error', () => {});
}

function asking(path: string, method = 'GET', more = ''): string {
  return `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${tokens.operator}\r\n${more}\r\n`;
}

test('whoever stops watching a run leaves nothing behind, however they stop', async () => {
  await rig.work();
  const beats = new Set<unknown>();
  const { setInterval, clearInterval } = globalThis;
  jest.spyOn(globalThis, 'setInterval').mockImplementation(((act: () => void, ms: number) => {
    const timer = setInterval(act, ms);
    if (ms === 15_000) beats.add(timer);
    return timer;
  }) as typeof setInterval);
  jest.spyOn(globalThis, 'clearInterval').mockImplementation((timer) => {
    beats.delete(timer);
    clearInterval(timer);
  });
  const open = await rig.siaran.startRun(run);
  const done = await rig.siaran.broadcast({ ...run, recipients: invoices(1) });
  await finished(rig.siaran, done.runId);
  const events = (id: string) => asking(`${api}/runs/${id}/events`);
  const sockets: Socket[] = [];
  for (let client = 0; client < 50; client++) {
    const socket = dial();
    sockets.push(socket);
    socket.write(events(open.id));
    // Some leave while their run is looked up, some later, and some ask for two at once.
    if (client % 3 === 0) socket.write(events(open.id));
    setTimeout(() => socket.destroy(), client * 2);
  }
  const patient = dial();
  let heard = '';
  patient.on('data', (text) => {
    heard += String(text);
  });
  patient.write(events(open.id) + events(done.runId));
  await eventually(
    async () => ({ heard, beats: beats.size, left: sockets.filter(({ closed }) => !closed).length }),
    (seen) => seen.left === 0 && seen.heard.includes('event: run') && seen.beats === 1,
    10_000,
  );
  await rig.ask('POST', `${api}/runs/${open.id}/cancel`);
  // The answer to the second request was over before it could be sent, and comes now.
  await eventually(
    async () => heard,
    (text) => text.split('event: end').length === 3,
  );
  expect(beats.size).toBe(0);
  patient.destroy();
});

test('a body that comes in drops is given up, and nothing else that takes its time', async () => {
  const { id } = await rig.siaran.startRun(run);
  const watching = dial().resume();
  watching.write(asking(`${api}/runs/${id}/events`));
  const socket = dial();
  const ended = new Promise((resolve) => socket.once('close', resolve));
  socket.write('POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n');
  socket.write('Content-Length: 1000\r\n\r\nt');
  const began = Date.now();
  await ended;
  expect(Date.now() - began).toBeLessThan(15_000);
  await sleep(500);
  expect(watching.closed).toBe(false);
  watching.destroy();
  expect((await rig.ask('GET', `${api}/runs`)).status).toBe(200);
});

test('a stream that is under way when the admin is told to stop still gets its answer', async () => {
  const { id } = await rig.siaran.startRun(run);
  const line = (index: number) => `${JSON.stringify([...invoices(1, index)][0])}\n`;
  const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
  const socket = dial();
  let heard = '';
  socket.on('data', (text) => {
    heard += String(text);
  });
  const headers = 'Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n';
  socket.write(asking(`${api}/runs/${id}/recipients?source=crm`, 'POST', headers) + chunk(line(1)));
  await eventually(
    () => rig.query("SELECT 1 FROM audit_entries WHERE action LIKE 'POST %'"),
    (rows) => rows.length === 1,
  );
  const began = Date.now();
  const closing = rig.app.close();
  await sleep(300);
  socket.write(`${chunk(line(2))}0\r\n\r\n`);
  await closing;
  expect(Date.now() - began).toBeLessThan(5_000);
  expect(heard).toMatch(/^HTTP\/1.1 200 .*"accepted":2/s);
  const entries = await rig.query("SELECT status FROM audit_entries WHERE action LIKE 'POST %'");
  expect(entries).toEqual([{ status: 200 }]);
});

test('a stop waits for nobody who only watches', async () => {
  const { id } = await rig.siaran.startRun(run);
  const socket = dial();
  socket.write(asking(`${api}/runs/${id}/events`));
  await new Promise<void>((resolve) => {
    socket.on('data', (text) => String(text).includes('event: run') && resolve());
  });
  const began = Date.now();
  await rig.app.close();
  expect(Date.now() - began).toBeLessThan(5_000);
});

test('what came of a change is kept although its client has gone, and what a message says is not', async () => {
  const code = '482913';
  const message = { ...template, phoneNumber: '6281599990001', variables: ['Ada', code], wait: '3s' };
  const body = JSON.stringify(message);
  const socket = dial();
  const headers = `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
  socket.write(asking(`${api}/messages`, 'POST', headers) + body);
  await eventually(
    () => rig.query('SELECT 1 FROM audit_entries'),
    (rows) => rows.length === 1,
  );
  socket.destroy();
  const [kept] = await eventually(
    () => rig.query('SELECT status, detail::text FROM audit_entries'),
    ([entry]) => entry?.status !== null,
  );
  expect(kept?.detail).toContain('"templateName": "reminder"');
  for (const secret of [code, 'Ada', '6281599990001']) expect(kept?.detail).not.toContain(secret);
});

test('a campaign is fired once by its instant, however often it is asked for', async () => {
  const campaign = { ...run, columns: ['phone_number'], schedule: '0 9 * * mon', timeZone: 'Asia/Jakarta' };
  const audience = "sql:SELECT '6281234567890' AS phone_number";
  await rig.ask('POST', `${api}/campaigns`, { json: { ...campaign, audience } });
  const path = `${api}/campaigns/December/fire`;
  for (const json of [undefined, {}, { asOf: '2020-01-01T00:00:00Z' }, { asOf: 'now' }])
    expect((await rig.ask('POST', path, json ? { json } : {})).status).toBe(400);
  const json = { asOf: new Date().toISOString() };
  const fired = [await rig.ask('POST', path, { json }), await rig.ask('POST', path, { json })];
  expect(fired[1]).toMatchObject({ status: 201, body: { runId: fired[0]?.body.runId } });
  expect(await rig.query('SELECT count(*)::int AS runs FROM runs')).toEqual([{ runs: 1 }]);

  const seen = await rig.ask('GET', `${api}/campaigns`, { token: tokens.viewer });
  expect(seen.body[0].audience).toBe('sql:…');
  expect((await rig.ask('GET', `${api}/campaigns/December/next`, { token: tokens.viewer })).status).toBe(403);
  expect((await rig.ask('GET', `${api}/campaigns/December`)).body.audience).toBe(audience);
  const { text } = await rig.ask('GET', `${api}/audit`);
  expect(text).not.toContain('SELECT');
});

test('viewers cannot ask their way to a number', async () => {
  await rig.ask('POST', `${api}/suppressions`, { json: { phoneNumbers: ['6281234567890'], reason: 'asked' } });
  const token = tokens.viewer;
  expect((await rig.ask('GET', `${api}/suppressions?limit=1`, { token })).status).toBe(200);
  expect((await rig.ask('GET', `${api}/suppressions?limit=1&cursor=6281234567889`, { token })).status).toBe(400);
  await rig.query(`INSERT INTO holds (account, kind, reason) VALUES ('default', 'refused', $1)`, [
    'no credit since 2026-11-24 09:00 for 0812-3456-7890',
  ]);
  const [hold] = (await rig.ask('GET', `${api}/holds`, { token })).body;
  expect(hold.reason).toBe('no credit since 2026-11-24 09:00 for 0812-****-**90');
});
