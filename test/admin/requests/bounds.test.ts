import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { buildReceiver } from '../../../src/admin/callbacks/server.js';
import { buildAdmin } from '../../../src/admin/server.js';
import { type AdminRig, asOperator, people, startAdminRig, tokens } from '../../support/admin.js';
import { eventually, invoiceColumns } from '../../support/rig.js';
import { openVisitors } from '../visitors.js';

/** How much of the admin one client, or one person, can take up, and what of it is kept on the way. */
let rig: AdminRig;
let runId: string;

beforeAll(async () => {
  rig = await startAdminRig();
  const run = await rig.siaran.startRun({ name: 'Open', templateDetailId: 172, columns: invoiceColumns });
  runId = run.id;
});
afterEach(() => {
  jest.restoreAllMocks();
});
afterAll(() => rig.close());

test.each([
  ['objects', `${'{"token":'.repeat(90_000)}1${'}'.repeat(90_000)}`],
  ['arrays', `${'['.repeat(400_000)}${']'.repeat(400_000)}`],
  ['a field that nobody asked for', `{"token":"x","more":${'['.repeat(9_000)}${']'.repeat(9_000)}}`],
])('JSON that is nested deep is a wrong request, of strangers too: %s', async (_, body) => {
  const headers = { 'Content-Type': 'application/json' };
  for (const path of ['/login', '/logout', '/api/v1/runs'])
    expect([path, (await rig.ask('POST', path, { body, headers })).status]).toEqual([path, 400]);
});

test.each([
  ['the admin', () => buildAdmin(rig.ctx, people, { connections: 20 }), '/api/v1/runs'],
  ['the receiver of callbacks', () => buildReceiver(rig.ctx, { connections: 20 }), '/healthz'],
] as const)('%s answers while others hold all connections and ask for nothing', async (_, build, path) => {
  const app = await build();
  const sockets: Socket[] = [];
  try {
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = new URL(url);
    for (let at = 0; at < 30; at += 1) {
      const socket = connect(Number(port), '127.0.0.1').on('error', () => {});
      sockets.push(socket);
      await new Promise((resolve) => socket.once('connect', resolve));
      // Half of them never finish what they begin.
      if (at % 2) socket.write('GET / HTTP/1.1\r\nHost: x\r\n');
    }
    for (let at = 0; at < 3; at += 1) expect((await fetch(url + path, { headers: asOperator })).status).toBe(200);
    await eventually(
      async () => sockets.map(({ closed }) => closed),
      (closed) => closed.slice(0, 10).every(Boolean) && !closed.slice(-10).some(Boolean),
    );
  } finally {
    for (const socket of sockets) socket.destroy();
    await app.close();
  }
});

test('a connection that is being answered is not cut for another', async () => {
  const app = await buildAdmin(rig.ctx, people, { connections: 5 });
  const leaving = new AbortController();
  const sockets: Socket[] = [];
  try {
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const watching = await fetch(`${url}/api/v1/runs/${runId}/events`, { headers: asOperator, signal: leaving.signal });
    const reader = watching.body?.getReader();
    await reader?.read();
    for (let at = 0; at < 10; at += 1) {
      const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {});
      sockets.push(socket.resume());
      await new Promise((resolve) => socket.once('connect', resolve));
    }
    await eventually(
      async () => sockets.filter(({ closed }) => closed).length,
      (closed) => closed >= 5,
    );
    await rig.siaran.pause(runId);
    let heard = '';
    while (!heard.includes('"status":"paused"')) heard += new TextDecoder().decode((await reader?.read())?.value);
    await rig.siaran.resume(runId);
  } finally {
    leaving.abort();
    for (const socket of sockets) socket.destroy();
    await app.close();
  }
});

test('a person watches ten runs at a time, and another ten as soon as those are left', async () => {
  const path = `/api/v1/runs/${runId}/events`;
  const watch = async (token: string) => {
    const leaving = new AbortController();
    const headers = { Authorization: `Bearer ${token}` };
    const { status } = await fetch(rig.url + path, { headers, signal: leaving.signal });
    return { status, leave: () => leaving.abort() };
  };
  const ten = await Promise.all(Array.from({ length: 10 }, () => watch(tokens.operator)));
  expect(ten.map(({ status }) => status)).toEqual(Array(10).fill(200));
  expect(await rig.ask('GET', path)).toMatchObject({ status: 429, body: { code: 'TOO_MANY_STREAMS' } });
  const other = await watch(tokens.viewer);
  expect(other.status).toBe(200);
  for (const { leave } of [...ten, other]) leave();
  const again = await eventually(
    () => watch(tokens.operator),
    ({ status }) => status === 200,
  );
  again.leave();
});

test('a stream ends with the session of who watches', async () => {
  const beats: (() => void)[] = [];
  const { setInterval } = globalThis;
  jest.spyOn(globalThis, 'setInterval').mockImplementation(((act: () => void, ms: number) => {
    if (ms === 15_000) beats.push(act);
    return setInterval(act, ms);
  }) as typeof setInterval);
  const { viewer, post } = await openVisitors(rig);
  const response = await fetch(`${rig.url}/api/v1/runs/${runId}/events`, { headers: { Cookie: viewer } });
  const reader = response.body?.getReader();
  await reader?.read();
  expect(beats).toHaveLength(1);
  await post('/logout', {}, viewer);
  beats[0]?.();
  for (let isDone = false; !isDone; ) isDone = (await reader?.read())?.done ?? true;
});

test('nothing but scripts, styles and pictures may be kept on the way', async () => {
  const stranger = { token: null };
  const answers: [string, string | null][] = [];
  for (const path of [
    '/runs',
    `/api/v1/runs/${runId}`,
    `/api/v1/runs/${runId}/export`,
    '/openapi.json',
    '/nothing',
    '/queues',
  ])
    answers.push([path, (await rig.ask('GET', path)).headers.get('cache-control')]);
  for (const path of ['/login', '/healthz', '/metrics', '/runs'])
    answers.push([path, (await rig.ask('GET', path, stranger)).headers.get('cache-control')]);
  expect(answers.filter(([, kept]) => kept !== 'no-store')).toEqual([]);
  expect((await rig.ask('GET', '/assets/siaran.css', stranger)).headers.get('cache-control')).toContain('max-age');
});

test('the page of a list that begins at a number has an address without it', async () => {
  const phoneNumbers = ['6281234567801', '6281234567802', '6281234567803'];
  await rig.ask('POST', '/api/v1/suppressions', { json: { phoneNumbers, reason: 'asked' } });
  const { body } = await rig.ask('GET', '/api/v1/suppressions?limit=2');
  expect(body.next).not.toContain('62812345');
  expect(Buffer.from(body.next, 'base64url').toString()).not.toContain('62812345');
  const next = await rig.ask('GET', `/api/v1/suppressions?limit=2&cursor=${body.next}`);
  expect(next.body).toMatchObject({ items: [{ phoneNumber: phoneNumbers[2] }], next: null });
  for (const cursor of ['6281234567801', `${body.next.slice(0, -2)}AA`])
    expect((await rig.ask('GET', `/api/v1/suppressions?limit=2&cursor=${cursor}`)).status).toBe(400);
});
