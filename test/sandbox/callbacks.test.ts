import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { readCallback, type ToldStatus } from '../../src/domain/statuses/callback.js';
import { startSandbox } from '../../src/sandbox/server.js';
import { eventually } from '../support/rig.js';

type Body = { statuses?: object[]; type?: string };

const received: Body[] = [];
let [open, mostOpen, waitMs, refusals] = [0, 0, 0, 0];
const server = createServer((request, response) => {
  open += 1;
  mostOpen = Math.max(mostOpen, open);
  let text = '';
  request.on('data', (part) => (text += String(part)));
  request.on('end', () => {
    setTimeout(() => {
      open -= 1;
      refusals -= 1;
      if (refusals < 0) received.push(JSON.parse(text) as Body);
      response.writeHead(refusals < 0 ? 200 : 503).end();
    }, waitMs);
  });
});
let url: string;

beforeAll(async () => {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/told`;
});
afterAll(() => void server.close());
beforeEach(() => {
  received.length = 0;
  [mostOpen, waitMs, refusals] = [0, 0, 0];
});

const numbers = Array.from({ length: 30 }, (_, index) => `62812${10_000_000 + index}`);

function addBroadcast(sandbox: Awaited<ReturnType<typeof startSandbox>>, startedAt: string | null = null): void {
  const bytes = new Uint8Array();
  const fileId = sandbox.accepted.addFile({
    header: ['phone_number'],
    separator: ',',
    templateDetailId: 1,
    numbers,
    bytes,
  });
  sandbox.accepted.addBroadcast({ fileId, name: 'x', templateDetailId: 1, startedAt, receivedAt: new Date() });
}

function told(): ToldStatus[] {
  return received.flatMap((body) => {
    const reading = readCallback(body);
    return reading.kind === 'statuses' ? reading.statuses : [];
  });
}

test.each(['whatsapp', 'message'] as const)(
  'each message is told of in order, under an id of its own: %s',
  async (form) => {
    const sandbox = await startSandbox({ callbacks: { url, form } });
    try {
      addBroadcast(sandbox, '2099-01-01T09:00:00.000Z');
      await eventually(
        async () => received.length,
        (count) => count === 90,
      );
      expect(
        received.every((body) => (form === 'whatsapp' ? body.statuses?.length === 1 : body.type === 'message_status')),
      ).toBe(true);
      for (const number of numbers) {
        const own = told().filter(({ phoneNumber }) => phoneNumber === number);
        expect(own.map(({ status }) => status)).toEqual(['sent', 'delivered', 'read']);
        expect(new Set(own.map(({ messageId }) => messageId)).size).toBe(1);
        expect(own[0]?.at).toEqual(new Date('2099-01-01T09:00:00Z'));
      }
      expect(new Set(told().map(({ messageId }) => messageId)).size).toBe(30);
    } finally {
      await sandbox.close();
    }
  },
);

test('a number fails with the code that was asked for, until it is reset', async () => {
  const sandbox = await startSandbox({ callbacks: { url } });
  try {
    const failing = (method: string, body?: string) =>
      fetch(`${sandbox.url}/_sandbox/failing`, { method, ...(body && { body }) });
    expect((await failing('PUT', '{"0812": 1}')).status).toBe(400);
    expect((await failing('PUT', JSON.stringify({ [numbers[2] ?? '']: 131050 }))).status).toBe(200);
    addBroadcast(sandbox);
    await eventually(
      async () => received.length,
      (count) => count === 88,
    );
    expect(told().filter(({ phoneNumber }) => phoneNumber === numbers[2])).toMatchObject([
      { status: 'failed', optedOut: true, notes: '131050 fault 131050' },
    ]);
    await fetch(`${sandbox.url}/_sandbox/reset`, { method: 'POST' });
    expect(await (await failing('GET')).json()).toEqual({});
  } finally {
    await sandbox.close();
  }
});

test('a slow receiver has few posts at a time, and one that refuses is asked again', async () => {
  [waitMs, refusals] = [20, 5];
  const sandbox = await startSandbox({ callbacks: { url } });
  try {
    addBroadcast(sandbox);
    addBroadcast(sandbox);
    await eventually(
      async () => received.length,
      (count) => count === 180,
    );
    expect(mostOpen).toBeLessThanOrEqual(8);
  } finally {
    await sandbox.close();
  }
});

test('nothing is posted unless it is asked for, nor after it was closed', async () => {
  const silent = await startSandbox();
  addBroadcast(silent);
  expect((await fetch(`${silent.url}/_sandbox/failing`, { method: 'PUT', body: '{}' })).status).toBe(409);
  await silent.close();
  waitMs = 20;
  const closed = await startSandbox({ callbacks: { url } });
  addBroadcast(closed);
  await closed.close();
  await sleep(200);
  expect(received.length).toBeLessThanOrEqual(8);
});
