import { afterEach, expect, test } from '@jest/globals';
import { SiaranError } from '../../src/errors.js';
import { Accepted } from '../../src/sandbox/accepted.js';
import { startSandbox } from '../../src/sandbox/server.js';
import { type Client, openClient, sendBody, TWO_ROWS } from './client.js';

let client: Client;
afterEach(() => client?.close());

test('jobs, files, deliveries and the summary are seen over HTTP as they are in process', async () => {
  client = await openClient();
  const id = await client.file();
  await client.send(sendBody(id, { started_at: '2999-01-01T07:00:00.000+07:00' }));
  const { accepted } = client.sandbox;

  const jobs = await client.call('GET', '/_sandbox/jobs');
  expect(jobs.json).toEqual(accepted.jobs());
  expect(jobs.json).toMatchObject([{ broadcastFileId: id, startedAt: '2999-01-01T07:00:00.000+07:00', recipients: 2 }]);
  const header = ['phone_number', 'customer_name', 'body_variable1'];
  expect((await client.call('GET', '/_sandbox/files')).json).toEqual([{ id, rows: 2, header, separator: ',' }]);
  expect((await client.call('GET', '/_sandbox/deliveries')).json).toEqual({ '628111111111': 1, '628222222222': 1 });
  expect((await client.call('GET', '/_sandbox/deliveries/628222222222')).json).toEqual({
    number: '628222222222',
    deliveries: 1,
  });
  expect((await client.call('GET', '/_sandbox/deliveries/628999999999')).json).toEqual({
    number: '628999999999',
    deliveries: 0,
  });
  expect((await client.call('GET', '/_sandbox/summary')).json).toEqual({
    files: 1,
    jobs: 1,
    recipients: 2,
    distinctNumbers: 2,
    mostPerNumber: 1,
    requests: { upload: 1, send: 1, client: 0 },
  });
});

test('the CSV is given back byte for byte, and 410 once newer files pushed it out', async () => {
  const csv = 'phone_number,body_variable1\r\n628111111111,"é ""x"""\r\n';
  client = await openClient({ keptFileBytes: Buffer.byteLength(csv) });
  const first = await client.file(csv);
  expect(await client.call('GET', `/_sandbox/files/${first}`)).toMatchObject({ status: 200, text: csv });
  await client.file(csv);
  expect(await client.call('GET', `/_sandbox/files/${first}`)).toMatchObject({ status: 410 });
  expect(await client.call('GET', '/_sandbox/files/1')).toMatchObject({ status: 404 });
  await client.send(sendBody(first));
  expect(client.sandbox.accepted.deliveriesTo('628111111111')).toBe(1);
});

test('a reset forgets what was accepted and goes back to the first faults, but no id is given again', async () => {
  client = await openClient({ faults: [{ on: 'client', kind: 'http', status: 500 }] });
  const id = await client.file();
  await client.send(sendBody(id));
  client.sandbox.setFaults([]);
  await client.call('POST', '/_sandbox/reset');
  expect(client.sandbox.accepted.summary()).toEqual({
    files: 0,
    jobs: 0,
    recipients: 0,
    distinctNumbers: 0,
    mostPerNumber: 0,
    requests: { upload: 0, send: 0, client: 0 },
  });
  expect((await client.call('GET', '/_sandbox/faults')).json).toMatchObject([{ on: 'client', status: 500 }]);
  expect(await client.send(sendBody(id))).toMatchObject({ status: 422 });
  expect(await client.file()).toBeGreaterThan(id);
});

test('faults are replaced, shown with their counters, put back as shown, and deleted', async () => {
  client = await openClient();
  const put = (faults: unknown) => client.call('PUT', '/_sandbox/faults', JSON.stringify(faults));
  expect(await put([{ on: 'upload', kind: 'http', status: 503, times: 1 }])).toMatchObject({ status: 200 });
  expect(await client.upload(TWO_ROWS)).toMatchObject({ status: 503 });
  const shown = (await client.call('GET', '/_sandbox/faults')).json;
  expect(shown).toEqual([{ on: 'upload', kind: 'http', status: 503, times: 1, seen: 1, applied: 1 }]);
  await put(shown);
  expect(await client.upload(TWO_ROWS)).toMatchObject({ status: 503 });
  expect((await client.call('DELETE', '/_sandbox/faults')).json).toEqual([]);
  expect(await client.upload(TWO_ROWS)).toMatchObject({ status: 200 });
});

test.each<[unknown, string]>([
  [{}, 'faults: must be an array'],
  [
    [
      { on: 'send', kind: 'latency', latencyMs: 1 },
      { on: 'send', kind: 'http' },
    ],
    'faults[1].status',
  ],
  [[{ on: 'send', kind: 'htp' }], 'faults[0].kind: must be one of latency, http'],
  [[{ on: 'sent', kind: 'latency', latencyMs: 1 }], 'faults[0].on'],
  [[{ on: 'send', kind: 'http', status: 200 }], 'faults[0].status'],
  [[{ on: 'send', kind: 'latency' }], 'faults[0].latencyMs'],
  [[{ on: 'send', kind: 'latency', latencyMs: 1, often: 2 }], 'often'],
  [[{ on: 'send', kind: 'close-before-reading', match: 'x' }], 'faults[0].match'],
  [[{ on: 'upload', kind: 'failed-log' }], 'faults[0].on'],
  [[{ on: 'send', kind: 'http', status: 500, probability: 2 }], 'faults[0].probability'],
  [[null], 'faults[0]'],
])('the faults %j are refused with 400, and those before stay', async (faults, reason) => {
  client = await openClient({ faults: [{ on: 'any', kind: 'http', status: 500 }] });
  const reply = await client.call('PUT', '/_sandbox/faults', JSON.stringify(faults));
  expect(reply).toMatchObject({ status: 400, json: { error: expect.stringContaining(reason) } });
  expect((await client.call('GET', '/_sandbox/faults')).json).toMatchObject([{ status: 500 }]);
});

test('faults that are not JSON are refused with 400, an unknown control path with 404', async () => {
  client = await openClient();
  expect(await client.call('PUT', '/_sandbox/faults', '[')).toMatchObject({ status: 400 });
  expect(await client.call('GET', '/_sandbox/nothing')).toMatchObject({ status: 404 });
  expect(await client.call('POST', '/_sandbox/jobs')).toMatchObject({ status: 404 });
});

test('a port in use is an error with a code', async () => {
  client = await openClient();
  const port = Number(new URL(client.sandbox.url).port);
  const second = startSandbox({ port });
  await expect(second).rejects.toBeInstanceOf(SiaranError);
  await expect(second).rejects.toMatchObject({ code: 'PORT_IN_USE', message: expect.stringContaining(String(port)) });
});

test('whoever looks on is told of each request and the fault that struck it', async () => {
  const seen: unknown[] = [];
  client = await openClient({
    faults: [{ on: 'upload', kind: 'http', status: 500, times: 1 }],
    onRequest: (request) => seen.push(request),
  });
  await client.upload(TWO_ROWS);
  await client.upload(TWO_ROWS);
  const path = '/api/v3/admin/broadcast/upload_csv';
  expect(seen).toEqual([
    { method: 'POST', path, outcome: 500, fault: 'http' },
    { method: 'POST', path, outcome: 200, fault: undefined },
  ]);
});

test('a million recipients, each messaged once, are counted within 300 MB', async () => {
  const accepted = new Accepted();
  const before = process.memoryUsage();
  for (let file = 0; file < 1_000; file += 1) {
    const numbers = Array.from({ length: 1_000 }, (_, row) => String(628_000_000_000 + file * 1_000 + row));
    const bytes = Buffer.alloc(100_000, 'x');
    const fileId = accepted.addFile({ header: ['phone_number'], separator: ',', templateDetailId: 1, numbers, bytes });
    accepted.addBroadcast({ fileId, name: 'Big', templateDetailId: 1, startedAt: null, receivedAt: new Date() });
  }
  const after = process.memoryUsage();
  expect(accepted.summary()).toMatchObject({ recipients: 1_000_000, distinctNumbers: 1_000_000, mostPerNumber: 1 });
  expect(after.rss - before.rss).toBeLessThan(300 * 1024 * 1024);
});
