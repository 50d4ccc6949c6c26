import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { readAnswer } from '../../src/pipeline/delivery/read-answer.js';
import { readBroadcastFile } from '../../src/qiscus/answers.js';
import { type ProviderCall, Qiscus } from '../../src/qiscus/client.js';

let server: Server | undefined;
let qiscus: Qiscus | undefined;
afterEach(async () => {
  await qiscus?.close();
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  server = undefined;
});

/** A provider that answers whatever this test wants. */
async function provider(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  timeoutMs = 2_000,
): Promise<Qiscus> {
  const { baseUrl } = await addressOf(answer);
  qiscus = new Qiscus({ baseUrl, appId: 'app', secretKey: 'very-secret-key' }, timeoutMs, 2);
  return qiscus;
}

async function addressOf(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ baseUrl: string }> {
  const started = createServer((request, response) => {
    request.resume();
    request.on('end', () => answer(request, response));
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return { baseUrl: `http://127.0.0.1:${(started.address() as AddressInfo).port}` };
}

const send = {
  templateDetailId: 172,
  broadcastFileId: 5,
  name: '[r-1] x',
  separator: ',',
  startedAt: undefined,
} as const;
const upload = {
  csv: Buffer.from('phone_number\r\n6281234567890\r\n'),
  fileName: 'x.csv',
  templateDetailId: 172,
  separator: ',',
} as const;
const always = () => true;

const oddBodies: [string, string | Buffer][] = [
  ['HTML', '<html><body>Service is fine</body></html>'],
  ['an empty body', ''],
  ['invalid UTF-8', Buffer.from([0xff, 0xfe, 0x7b, 0x80])],
  ['a JSON text', '"ok"'],
  ['null', 'null'],
  ['an array', '[]'],
  ['a job without an id', '{"data":{"broadcast_job":{}},"status":200}'],
  ['an id that is a text', '{"data":{"broadcast_job":{"id":"14529081"}},"status":200}'],
  ['an id that is no whole number', '{"data":{"broadcast_job":{"id":1.5}},"status":200}'],
  ['an id that is zero', '{"data":{"broadcast_job":{"id":0}},"status":200}'],
  ['a job that is null', '{"data":{"broadcast_job":null},"status":200}'],
  ['half a document', '{"data":{"broadcast_job":{"id":145'],
];

describe('a 200 with', () => {
  test.each(oddBodies)('%s leaves a send unknown, and is no accepted upload', async (_name, body) => {
    const client = await provider((_request, response) => response.writeHead(200).end(body));
    const answer = readAnswer(await client.send(send, always));
    expect(answer).toMatchObject({
      outcome: 'unknown',
      broadcastJobId: null,
      error: expect.stringMatching(/^HTTP 200: /),
    });
    const uploaded = await client.upload(upload);
    expect('status' in uploaded && readBroadcastFile(uploaded)).toBeUndefined();
  });

  test('a body of 100 MB is given up early, leaves a send unknown and memory flat', async () => {
    const chunk = Buffer.alloc(1_000_000, 'x');
    let sent = 0;
    const client = await provider((_request, response) => {
      const more = () => {
        while (sent < 100_000_000 && !response.destroyed) {
          sent += chunk.length;
          if (!response.write(chunk)) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    });
    const answer = readAnswer(await client.send(send, always));
    expect(answer).toMatchObject({ outcome: 'unknown', error: expect.stringContaining('longer than') });
    expect(sent).toBeLessThan(30_000_000);
  });
});

test('a provider that echoes the secret does not get it into an error', async () => {
  const client = await provider((request, response) => {
    response.writeHead(422).end(JSON.stringify({ error: `bad key ${String(request.headers['qiscus-secret-key'])}` }));
  });
  expect(readAnswer(await client.send(send, always))).toMatchObject({
    outcome: 'failed',
    error: 'HTTP 422: bad key ***',
  });
});

test('what is sent is what the provider documents', async () => {
  let seen: { url: string | undefined; headers: IncomingMessage['headers'] } | undefined;
  let body = '';
  const client = await provider((request, response) => {
    seen = { url: request.url, headers: request.headers };
    response.end('{}');
  });
  server?.prependListener('request', (request: IncomingMessage) =>
    request.on('data', (part) => (body += String(part))),
  );
  await client.send({ ...send, startedAt: '2026-12-01T02:00:00.000Z' }, always);
  expect(seen).toMatchObject({
    url: '/api/v3/admin/broadcast/send_broadcast',
    headers: { 'content-type': 'application/json', 'qiscus-app-id': 'app', 'qiscus-secret-key': 'very-secret-key' },
  });
  expect(JSON.parse(body)).toEqual({
    template_detail_id: 172,
    broadcast_file_id: 5,
    name: '[r-1] x',
    separator: ',',
    started_at: '2026-12-01T02:00:00.000Z',
  });
  body = '';
  await client.send(send, always);
  expect(Object.keys(JSON.parse(body))).not.toContain('started_at');
});

test('every send has a connection of its own, uploads share theirs', async () => {
  const ports: (number | undefined)[] = [];
  const client = await provider((request, response) => {
    ports.push(request.socket.remotePort);
    response.end('{}');
  });
  for (let time = 0; time < 3; time += 1) await client.send(send, always);
  expect(new Set(ports).size).toBe(3);
  ports.length = 0;
  for (let time = 0; time < 3; time += 1) await client.upload(upload);
  expect(new Set(ports).size).toBeLessThan(3);
});

test('a send that is withheld at the last moment writes nothing', async () => {
  let requests = 0;
  const client = await provider((_request, response) => {
    requests += 1;
    response.end('{}');
  });
  expect(await client.send(send, () => false)).toMatchObject({ reached: 'withheld' });
  expect(requests).toBe(0);
});

test('no connection, or none in time, proves that nothing was sent; silence after it proves nothing', async () => {
  const client = await provider(() => {}, 300);
  expect(await client.send(send, always)).toMatchObject({ reached: 'unknown' });
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
  server = undefined;
  expect(await client.send(send, always)).toMatchObject({
    reached: 'nothing',
    error: expect.stringContaining('ECONNREFUSED'),
  });
});

test('redirects are not followed', async () => {
  let requests = 0;
  const client = await provider((_request, response) => {
    requests += 1;
    response.writeHead(307, { Location: '/api/v3/admin/broadcast/send_broadcast' }).end();
  });
  expect(readAnswer(await client.send(send, always))).toMatchObject({ outcome: 'failed', httpStatus: 307 });
  expect(requests).toBe(1);
});

test('each call is told with its answer, or with what was reached, and whoever counts badly costs no answer', async () => {
  const told: ProviderCall[] = [];
  const { baseUrl } = await addressOf((_request, response) => void response.writeHead(429).end('{}'));
  const credentials = { baseUrl, appId: 'app', secretKey: 'very-secret-key' };
  const client = new Qiscus(credentials, 2_000, 2, (call) => {
    told.push(call);
    throw new Error('no room for another figure');
  });
  qiscus = client;
  expect(await client.upload(upload)).toMatchObject({ status: 429 });
  expect(await client.send(send, always)).toMatchObject({ status: 429 });
  expect(await client.send(send, () => false)).toMatchObject({ reached: 'withheld' });
  await new Promise((closed) => server?.close(closed));
  expect(await client.send(send, always)).toMatchObject({ reached: 'nothing' });
  expect(told.map(({ endpoint, answer }) => [endpoint, answer])).toEqual([
    ['upload_csv', '429'],
    ['send_broadcast', '429'],
    ['send_broadcast', 'no_answer_withheld'],
    ['send_broadcast', 'no_answer_nothing'],
  ]);
  for (const { durationMs } of told) expect(durationMs).toBeGreaterThan(0);
});

test('a message is what Qiscus documents, and what was not asked for is left out', async () => {
  const bodies: unknown[] = [];
  const started = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      bodies.push([request.url, JSON.parse(Buffer.concat(parts).toString())]);
      response.end('{}');
    });
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
  qiscus = new Qiscus({ baseUrl, appId: 'app', secretKey: 'very-secret-key' }, 2_000, 2);
  const template = { channelId: 534, templateName: 'invoice_update', namespace: '6616bb93', language: 'id' };
  const recipient = { phoneNumber: '6281527975868', variables: ['Ada', 'Rp. 30.000'], buttonParams: [] };
  const message = {
    ...template,
    ...recipient,
    templateDetailId: 172,
    name: '[r-0001.1] Reminder',
    startedAt: undefined,
  };
  await qiscus.sendMessage(message, always);
  const buttonParams = [{ type: 'url', values: 'coba', index: 0 }];
  await qiscus.sendMessage({ ...message, buttonParams, startedAt: '2022-03-05T10:15:00.000Z' }, always);
  const body = {
    channel_id: 534,
    name: '[r-0001.1] Reminder',
    template_name: 'invoice_update',
    template_detail_id: 172,
    namespace: '6616bb93',
    language: 'id',
    variables: ['Ada', 'Rp. 30.000'],
    phone_number: '6281527975868',
  };
  expect(bodies).toEqual([
    ['/api/v3/admin/broadcast/client', body],
    [
      '/api/v3/admin/broadcast/client',
      { ...body, button_params: buttonParams, started_at: '2022-03-05T10:15:00.000Z' },
    ],
  ]);
});
