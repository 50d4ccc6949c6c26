import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/config.js';
import { openContext } from '../../../src/context.js';
import { eventually } from '../../support/rig.js';
import { item } from '../../support/statuses.js';
import { ask, before, ledger, listener, nextNumber, open, path, rig, statuses, useReceiver } from './setting.js';

useReceiver();

test('a body of ten megabytes is not held: the connection is cut', async () => {
  const socket = connect(Number(new URL(listener.url).port), '127.0.0.1');
  const closed = new Promise((resolve) => socket.on('close', resolve));
  socket.on('error', () => {});
  socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n{`);
  let text = '';
  socket.on('data', (part) => (text += String(part)));
  await closed;
  expect(text).toMatch(/^HTTP\/1\.1 413 /);
  expect(text).toMatch(/^connection: close\r$/im);
});

test('a client that looks for an answer only once it has written all of six megabytes sees why it is refused', async () => {
  const socket = connect(Number(new URL(listener.url).port), '127.0.0.1');
  let failed: unknown;
  socket.on('error', (error) => (failed = error));
  socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 6000000\r\n\r\n`);
  for (let written = 0; written < 60 && failed === undefined; written += 1)
    await new Promise((done) => socket.write(Buffer.alloc(100_000, ' '), done));
  let text = '';
  socket.on('data', (part) => (text += String(part)));
  await new Promise((closed) => (socket.closed ? closed(undefined) : socket.on('close', closed)));
  expect(text).toMatch(/^HTTP\/1\.1 413 /);
});

test.each([
  ['headers', 'POST /callbacks'],
  ['body', `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"statuses"`],
])("a client whose %s don't come is cut off", async (_, begun) => {
  const socket = connect(Number(new URL(listener.url).port), '127.0.0.1');
  const closed = new Promise((resolve) => socket.on('close', resolve));
  socket.on('error', () => {}).resume();
  socket.write(begun);
  await closed;
  expect(await ledger()).toEqual(before);
});

test('a client that leaves in the middle changes nothing', async () => {
  const socket = connect(Number(new URL(listener.url).port), '127.0.0.1');
  const body = statuses(item('left', 'sent', new Date(), nextNumber()));
  socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length + 1}\r\n\r\n${body}`);
  await new Promise((resolve) => setTimeout(resolve, 100));
  socket.destroy();
  expect(await ask({ path: '/' })).toMatchObject({ status: 404 });
  expect(await ledger()).toEqual(before);
});

test('while Postgres is away the provider is asked to come again', async () => {
  const ctx = openContext(parseConfig({ ...rig.env, DATABASE_URL: 'postgres://127.0.0.1:9/x' }));
  const away = await open(ctx);
  try {
    const body = statuses(item('away', 'sent'));
    expect(await ask({ url: away.url, body })).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
  } finally {
    await away.close();
    await ctx.close();
  }
});

test('twenty at the same time are all taken', async () => {
  const number = nextNumber();
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, at) =>
      ask({ body: statuses(item('same', ['sent', 'delivered', 'read'][at % 3] ?? '', new Date(), number)) }),
    ),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(await rig.query("SELECT status FROM broadcast_logs WHERE message_id = 'same'")).toEqual([{ status: 'read' }]);
});

test('what is under way when it closes is answered, and nothing is left open', async () => {
  const closing = await open(rig.ctx);
  const number = nextNumber();
  const body = statuses(item('closing', 'sent', new Date(), number));
  const [answer, closed] = await rig.ctx.db.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT lock_messages(ARRAY['closing'])`;
    const asked = ask({ url: closing.url, body });
    await eventually(
      () => rig.query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"),
      (waiting) => waiting.length === 1,
    );
    return [asked.then((given) => given.status), closing.close()];
  });
  expect(await answer).toBe(200);
  await closed;
  await expect(ask({ url: closing.url })).rejects.toThrow(/ECONNREFUSED/);
});

test('a port in use is one clear error', async () => {
  const { port } = new URL(listener.url);
  await expect(open(rig.ctx, { port: Number(port) })).rejects.toMatchObject({
    code: 'PORT_IN_USE',
    message: expect.stringContaining(`Port ${port} of 127.0.0.1 is in use`),
  });
});

test('beyond what a process holds, the provider is asked to come again, and what it holds goes on', async () => {
  const small = await open(rig.ctx, { mostBytes: 100_000 });
  try {
    const number = nextNumber();
    const body = statuses(item('room', 'sent', new Date(), number));
    const large = body + ' '.repeat(100_000);
    expect(await ask({ url: small.url, body: large })).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    const packed = { body: gzipSync(large), headers: { 'Content-Encoding': 'gzip' } };
    expect(await ask({ url: small.url, ...packed })).toMatchObject({ status: 503 });
    // What was refused has left.
    expect(await ask({ url: small.url, body: body + ' '.repeat(90_000) })).toMatchObject({ status: 200 });
    expect(await ask({ url: small.url, body: body + ' '.repeat(90_000) })).toMatchObject({ status: 200 });
  } finally {
    await small.close();
  }
});
