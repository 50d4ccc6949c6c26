import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { request } from 'undici';
import type { FaultRequest } from '../../src/sandbox/faults.js';
import {
  acceptedBy,
  BROADCAST,
  type Client,
  FILE_ONLY,
  headersOf,
  KEYS,
  ONE_JOB,
  openClient,
  sendBody,
} from './client.js';

let client: Client;
afterEach(() => client.close());

async function openWith(...faults: FaultRequest[]): Promise<Client> {
  client = await openClient({ faults });
  return client;
}

/** Posts and gives up after a while, as a sender with a deadline does. */
async function sendWithDeadline(fileId: number, ms: number): Promise<unknown> {
  return request(`${client.sandbox.url}${BROADCAST}/send_broadcast`, {
    method: 'POST',
    headers: { ...KEYS, 'Content-Type': 'application/json', connection: 'close' },
    body: JSON.stringify(sendBody(fileId)),
    signal: AbortSignal.timeout(ms),
  }).then((answer) => answer.body.text());
}

/** Writes exactly these bytes and tells what came back until the server closed, or 'open' when it has not by then. */
function rawExchange(text: string, waitMs = 300): Promise<string> {
  const { hostname, port } = new URL(client.sandbox.url);
  return new Promise((resolve) => {
    let received = '';
    const socket = connect(Number(port), hostname, () => socket.write(text));
    const timer = setTimeout(() => {
      socket.destroy();
      resolve('open');
    }, waitMs);
    socket.on('data', (chunk) => {
      received += chunk.toString();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(received);
    });
  });
}

describe('latency', () => {
  test('delays the answer and accepts as usual', async () => {
    await openWith({ on: 'send', kind: 'latency', latencyMs: 150 });
    const id = await client.file();
    const before = performance.now();
    expect(await client.send(sendBody(id))).toMatchObject({ status: 200 });
    expect(performance.now() - before).toBeGreaterThanOrEqual(145);
    expect(acceptedBy(client)).toEqual(ONE_JOB);
  });

  test('a request whose sender gave up is accepted all the same', async () => {
    await openWith({ on: 'send', kind: 'latency', latencyMs: 400 });
    const id = await client.file();
    await expect(sendWithDeadline(id, 200)).rejects.toThrow();
    expect(acceptedBy(client)).toEqual(FILE_ONLY);
    for (let looks = 0; looks < 500 && acceptedBy(client).jobs === 0; looks += 1) await sleep(20);
    expect(acceptedBy(client)).toEqual(ONE_JOB);
  });

  test('does not make a started_at past that was not when the request came in', async () => {
    await openWith({ on: 'send', kind: 'latency', latencyMs: 1_200 });
    const id = await client.file();
    const startedAt = new Date(Date.now() + 1_000).toISOString();
    const reply = await client.send(sendBody(id, { started_at: startedAt }));
    expect(reply.status).toBe(200);
  });
});

describe('connections', () => {
  test('close-before-reading closes at the headers, with the body still to come', async () => {
    await openWith({ on: 'send', kind: 'close-before-reading' });
    const body = JSON.stringify(sendBody(await client.file()));
    expect(await rawExchange(headersOf(body))).toBe('');
    expect(acceptedBy(client)).toEqual(FILE_ONLY);
    expect(client.sandbox.accepted.summary().requests.send).toBe(1);
    await expect(client.send(sendBody(1))).rejects.toThrow();
  });

  test('close-after-reading waits for the whole body, then closes and accepts nothing', async () => {
    await openWith({ on: 'send', kind: 'close-after-reading' });
    const body = JSON.stringify(sendBody(await client.file()));
    expect(await rawExchange(headersOf(body))).toBe('open');
    expect(await rawExchange(headersOf(body) + body)).toBe('');
    expect(acceptedBy(client)).toEqual(FILE_ONLY);
  });

  test('close-after-accepting accepts and closes without an answer', async () => {
    await openWith({ on: 'send', kind: 'close-after-accepting' });
    const body = JSON.stringify(sendBody(await client.file()));
    expect(await rawExchange(headersOf(body) + body)).toBe('');
    expect(acceptedBy(client)).toEqual(ONE_JOB);
  });

  test('close-after-accepting leaves a request alone that was refused', async () => {
    await openWith({ on: 'send', kind: 'close-after-accepting' });
    expect(await client.send(sendBody(1))).toMatchObject({ status: 422 });
  });

  test('hang-before-accepting never answers and accepts nothing', async () => {
    await openWith({ on: 'send', kind: 'hang-before-accepting' });
    await expect(sendWithDeadline(await client.file(), 200)).rejects.toThrow('timeout');
    expect(acceptedBy(client)).toEqual(FILE_ONLY);
  });

  test('hang-after-accepting accepts and never answers', async () => {
    await openWith({ on: 'send', kind: 'hang-after-accepting' });
    await expect(sendWithDeadline(await client.file(), 200)).rejects.toThrow('timeout');
    expect(acceptedBy(client)).toEqual(ONE_JOB);
  });

  test('closing the sandbox ends requests that hang or wait, and accepts none of them', async () => {
    await openWith(
      { on: 'send', kind: 'hang-before-accepting', times: 1 },
      { on: 'send', kind: 'latency', latencyMs: 400 },
    );
    const id = await client.file();
    const hanging = [client.send(sendBody(id)), client.send(sendBody(id))];
    const ended = Promise.allSettled(hanging);
    await sleep(100);
    const before = performance.now();
    await client.sandbox.close();
    expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(performance.now() - before).toBeLessThan(250);
    await sleep(500);
    expect(acceptedBy(client)).toEqual(FILE_ONLY);
  });
});
