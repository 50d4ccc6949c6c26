import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { readCallback, type ToldStatus } from '../../src/domain/statuses/callback.js';
import { readUserPairs } from '../../src/domain/statuses/user-ids.js';
import type { SandboxMessage } from '../../src/sandbox/callbacks/bodies.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.js';
import { eventually } from '../support/rig.js';

type Body = { statuses?: object[]; contacts?: object[]; type?: string };

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

const manyNumbers = Array.from({ length: 1_000 }, (_, index) => `62812${10_000_000 + index}`);
const numbers = manyNumbers.slice(0, 30);

const withoutId = (status: object) => JSON.stringify({ ...status, id: undefined });
const byText = (a: unknown, b: unknown) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

function addBroadcast(sandbox: Sandbox, startedAt: string | null = null, to: readonly string[] = numbers): void {
  const bytes = new Uint8Array();
  const fileId = sandbox.accepted.addFile({
    header: ['phone_number'],
    separator: ',',
    templateDetailId: 1,
    numbers: to,
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

test('a mix is the same with the same seed: any order, some twice, some by user id only, failures among them', async () => {
  const messages: SandboxMessage[] = [];
  const told = new Map<string, string>();
  for (const seed of [1, 1, 2]) {
    received.length = 0;
    const sandbox = await startSandbox({
      callbacks: { url, mix: seed, onMessage: (message) => void messages.push(message) },
    });
    addBroadcast(sandbox, '2099-01-01T09:00:00.000Z', manyNumbers);
    await eventually(async () => sandbox.callbacks?.idle, Boolean);
    await sandbox.close();
    const bodies = received.map(({ statuses, contacts }) => statuses?.map(withoutId) ?? contacts);
    told.set(`${seed} ${told.size}`, JSON.stringify(bodies.sort(byText)));
  }
  const [first, again, other] = [...told.values()];
  expect(first === again).toBe(true);
  expect(first === other).toBe(false);
  const ends = new Set(messages.map(({ statuses, code }) => `${statuses.join(' ')} ${code}`));
  expect(ends.size).toBe(12);
  expect(new Set(messages.map(({ namedBy }) => namedBy)).size).toBe(4);
});

test('of a mix everything that is to be told of a message is told, and who its user id stands for', async () => {
  const messages: SandboxMessage[] = [];
  const sandbox = await startSandbox({ callbacks: { url, mix: 3, onMessage: (each) => void messages.push(each) } });
  addBroadcast(sandbox, null, manyNumbers);
  await eventually(async () => sandbox.callbacks?.idle, Boolean);
  await sandbox.close();
  const statuses = told();
  const pairs = new Map(received.flatMap(readUserPairs).map(({ userId, phoneNumber }) => [userId, phoneNumber]));
  for (const { messageId, number, userId, namedBy, ...fate } of messages) {
    const own = statuses.filter((each) => each.messageId === messageId);
    expect(new Set(own.map(({ status }) => status))).toEqual(new Set(fate.statuses));
    for (const { phoneNumber } of own) expect(phoneNumber).toBe(namedBy.endsWith('user_id') ? null : number);
    if (own.length > 0) expect(pairs.get(userId) ?? null).toBe(/both|^user_id/.test(namedBy) ? number : null);
  }
  const first = messages.map(({ messageId }) => statuses.find((each) => each.messageId === messageId)?.status);
  expect(first).toContain('read');
  expect(statuses.length).toBeGreaterThan(1.1 * messages.reduce((sum, { statuses: each }) => sum + each.length, 0));
});
