import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { FaultRequest } from '../../src/sandbox/faults.js';
import {
  acceptedBy,
  BROADCAST,
  type Client,
  FILE_ONLY,
  headersOf,
  messageBody,
  numberIn,
  ONE_JOB,
  openClient,
  sendBody,
  TWO_ROWS,
} from './client.js';

let client: Client;
afterEach(() => client.close());

async function openWith(...faults: FaultRequest[]): Promise<Client> {
  client = await openClient({ faults });
  return client;
}

describe('http', () => {
  test.each([400, 401, 402, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504, 599])(
    'answers %d with an error and accepts nothing',
    async (status) => {
      await openWith({ on: 'send', kind: 'http', status, message: 'no' });
      const reply = await client.send(sendBody(await client.file()));
      expect(reply).toMatchObject({ status, json: { error: 'no' } });
      expect(reply.headers['retry-after']).toBeUndefined();
      expect(acceptedBy(client)).toEqual(FILE_ONLY);
    },
  );

  test('a 429 may carry Retry-After', async () => {
    await openWith({ on: 'send', kind: 'http', status: 429, retryAfterSeconds: 2 });
    const reply = await client.send(sendBody(await client.file()));
    expect(reply.headers['retry-after']).toBe('2');
  });

  test('a 307 points back at the same path, or where it is told to', async () => {
    await openWith(
      { on: 'send', kind: 'http', status: 307, times: 1 },
      { on: 'send', kind: 'http', status: 302, location: '/else' },
    );
    const id = await client.file();
    const [same, other] = [await client.send(sendBody(id)), await client.send(sendBody(id))];
    expect(same).toMatchObject({ status: 307, headers: { location: `${BROADCAST}/send_broadcast` } });
    expect(other).toMatchObject({ status: 302, headers: { location: '/else' } });
    expect(acceptedBy(client)).toEqual(FILE_ONLY);
  });

  test.each<['errors' | 'html' | 'empty', string]>([
    ['errors', '{"errors":{"message":"no"}}'],
    ['html', '<html>'],
    ['empty', ''],
  ])('has the shape %s when asked to', async (shape, text) => {
    await openWith({ on: 'send', kind: 'http', status: 500, shape, message: 'no' });
    const reply = await client.send(sendBody(await client.file()));
    if (shape === 'empty') expect(reply.text).toBe('');
    else expect(reply.text).toContain(text);
  });

  test('with accepted, a 504 hides a broadcast that was accepted', async () => {
    await openWith({ on: 'send', kind: 'http', status: 504, accepted: true });
    expect(await client.send(sendBody(await client.file()))).toMatchObject({ status: 504 });
    expect(acceptedBy(client)).toEqual(ONE_JOB);
  });
});

describe('bodies', () => {
  test('unreadable-accepted accepts, and answers 200 with what is not JSON', async () => {
    await openWith({ on: 'send', kind: 'unreadable-accepted' });
    expect(await client.send(sendBody(await client.file()))).toMatchObject({ status: 200, json: undefined });
    expect(acceptedBy(client)).toEqual(ONE_JOB);
  });

  test('unreadable-refused accepts nothing, and answers 200 with what is not JSON', async () => {
    await openWith({ on: 'send', kind: 'unreadable-refused' });
    expect(await client.send(sendBody(await client.file()))).toMatchObject({ status: 200, json: undefined });
    expect(acceptedBy(client)).toEqual(FILE_ONLY);
  });

  test('error-in-200 accepts nothing, in either observed shape', async () => {
    await openWith(
      { on: 'send', kind: 'error-in-200', message: 'no', times: 1 },
      { on: 'send', kind: 'error-in-200', message: 'no', shape: 'errors' },
    );
    const id = await client.file();
    expect(await client.send(sendBody(id))).toMatchObject({ status: 200, json: { error: 'no' } });
    expect(await client.send(sendBody(id))).toMatchObject({ status: 200, json: { errors: { message: 'no' } } });
    expect(acceptedBy(client)).toEqual(FILE_ONLY);
  });

  test('insufficient-balance is a 402 and accepts nothing', async () => {
    await openWith({ on: 'any', kind: 'insufficient-balance' });
    expect(await client.upload(TWO_ROWS)).toMatchObject({ status: 402, json: { error: 'insufficient balance' } });
    expect(acceptedBy(client)).toEqual({ files: 0, jobs: 0, recipients: 0 });
  });

  test('failed-log answers 200 with a log that failed, delivers nothing, and leaves other endpoints alone', async () => {
    await openWith({ on: 'any', kind: 'failed-log', message: '131026 undeliverable' });
    const reply = await client.message(messageBody());
    expect(reply).toMatchObject({
      status: 200,
      json: {
        data: {
          broadcast_job_id: expect.any(Number),
          broadcast_logs: [{ status: 'failed', notes: '131026 undeliverable' }],
        },
      },
    });
    expect(client.sandbox.accepted.deliveriesTo('628111111111')).toBe(0);
    expect(await client.message(messageBody({ phone_number: 'x' }))).toMatchObject({ status: 422 });
    expect(await client.send(sendBody(await client.file()))).toMatchObject({ status: 200 });
  });

  test('huge-body answers with so many bytes, 5 MB unless told otherwise, and accepts nothing', async () => {
    await openWith({ on: 'send', kind: 'huge-body', times: 1 }, { on: 'send', kind: 'huge-body', bytes: 100_000 });
    const id = await client.file();
    expect((await client.send(sendBody(id))).text).toHaveLength(5 * 1024 * 1024);
    const reply = await client.send(sendBody(id));
    expect(reply.text).toHaveLength(100_000);
    expect(reply.json).toEqual({ padding: expect.any(String) });
    expect(acceptedBy(client)).toEqual(FILE_ONLY);
  });

  test('huge-body with accepted hides the job id behind the padding', async () => {
    await openWith({ on: 'send', kind: 'huge-body', bytes: 100_000, accepted: true });
    const reply = await client.send(sendBody(await client.file()));
    expect(reply.text).toHaveLength(100_000);
    expect(numberIn(reply.json, 'data', 'broadcast_job', 'id')).toBe(client.sandbox.accepted.jobs()[0]?.id);
  });

  test('huge-body waits for its reader, and survives one that leaves', async () => {
    await openWith({ on: 'send', kind: 'huge-body', bytes: 512 * 1024 ** 2, times: 1 });
    const id = await client.file();
    const body = JSON.stringify(sendBody(id));
    const before = process.memoryUsage().rss;
    const { hostname, port } = new URL(client.sandbox.url);
    const socket = connect(Number(port), hostname, () => socket.write(headersOf(body) + body)).pause();
    await sleep(500);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
    socket.destroy();
    expect(await client.send(sendBody(id))).toMatchObject({ status: 200 });
  });
});

describe('which requests a fault strikes', () => {
  const fate = async (count: number, id: number): Promise<number[]> => {
    const statuses: number[] = [];
    for (let at = 0; at < count; at += 1) statuses.push((await client.send(sendBody(id))).status);
    return statuses;
  };

  test('after lets so many pass, times strikes so often', async () => {
    await openWith({ on: 'send', kind: 'http', status: 503, after: 2, times: 2 });
    expect(await fate(6, await client.file())).toEqual([200, 200, 503, 503, 200, 200]);
    expect(acceptedBy(client).jobs).toBe(4);
  });

  test('the first in order that matches applies, and each has its own count', async () => {
    await openWith(
      { on: 'send', kind: 'http', status: 500, times: 1 },
      { on: 'upload', kind: 'http', status: 501 },
      { on: 'any', kind: 'http', status: 502, times: 1 },
      { on: 'send', kind: 'http', status: 503, times: 1 },
    );
    expect(await fate(4, 1)).toEqual([500, 502, 503, 422]);
    expect(await client.upload(TWO_ROWS)).toMatchObject({ status: 501 });
  });

  test('a probability with a seed gives the same fates each time, another seed gives others', async () => {
    const fates: number[][] = [];
    for (const seed of [7, 7, 8]) {
      await client?.close();
      await openWith({ on: 'send', kind: 'http', status: 503, probability: 0.5, seed });
      fates.push(await fate(30, await client.file()));
    }
    const [first, again, other] = fates;
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    const struck = first?.filter((status) => status === 503).length ?? 0;
    expect(struck).toBeGreaterThan(5);
    expect(struck).toBeLessThan(25);
  });

  test('match on upload looks at the CSV, so a bad recipient can be found by halving', async () => {
    await openWith({ on: 'upload', kind: 'http', status: 422, match: '628222222222' });
    expect(await client.upload(TWO_ROWS)).toMatchObject({ status: 422 });
    expect(await client.upload('phone_number\n628111111111\n')).toMatchObject({ status: 200 });
    expect(await client.upload('phone_number\n628222222222\n')).toMatchObject({ status: 422 });
  });

  test('match on send looks at the name and at the file that is sent', async () => {
    await openWith(
      { on: 'send', kind: 'http', status: 500, match: 'r7k2m-0002' },
      { on: 'send', kind: 'http', status: 502, match: '628222222222' },
    );
    const [both, one] = [await client.file(), await client.file('phone_number\n628111111111\n')];
    expect(await client.send(sendBody(one, { name: '[r7k2m-0002.1] x' }))).toMatchObject({ status: 500 });
    expect(await client.send(sendBody(both))).toMatchObject({ status: 502 });
    expect(await client.send(sendBody(one))).toMatchObject({ status: 200 });
  });

  test('a fault that does not match is not counted, and those before it keep their turn', async () => {
    await openWith(
      { on: 'send', kind: 'http', status: 500, after: 1, times: 1 },
      { on: 'send', kind: 'http', status: 502, match: 'special', after: 1 },
    );
    const id = await client.file();
    const special = () => client.send(sendBody(id, { name: 'special' }));
    expect([(await special()).status, (await special()).status, (await special()).status]).toEqual([200, 500, 502]);
    expect(await client.send(sendBody(id))).toMatchObject({ status: 200 });
    expect((await client.call('GET', '/_sandbox/faults')).json).toMatchObject([
      { seen: 4, applied: 1 },
      { seen: 2, applied: 1 },
    ]);
  });

  test('setFaults takes effect with the next request, and refuses what is no fault', async () => {
    await openWith();
    client.sandbox.setFaults([{ on: 'send', kind: 'http', status: 500 }]);
    expect(await client.send(sendBody(1))).toMatchObject({ status: 500 });
    expect(() => client.sandbox.setFaults([{ on: 'send', kind: 'http', status: 99 }])).toThrow('faults[0].status');
    client.sandbox.setFaults([]);
    expect(await client.send(sendBody(1))).toMatchObject({ status: 422 });
  });
});
