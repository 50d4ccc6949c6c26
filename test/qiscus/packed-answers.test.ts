import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { readAnswer } from '../../src/pipeline/delivery/read-answer.js';
import { readBroadcastFile } from '../../src/qiscus/answers.js';
import { Qiscus } from '../../src/qiscus/client.js';

let server: Server;
let qiscus: Qiscus;
let answer: { status?: number; coding: string; body: Buffer };

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      response.writeHead(answer.status ?? 200, { 'Content-Encoding': answer.coding }).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

beforeEach(() => {
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  qiscus = new Qiscus({ baseUrl, appId: 'app', secretKey: 'very-secret-key' }, 5_000, 2);
});

afterAll(async () => {
  await qiscus.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const brotli = (body: Buffer) => brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
const twice = (body: Buffer) => brotli(gzipSync(body));
const packers: [string, (body: Buffer) => Buffer][] = [
  ['gzip', gzipSync],
  ['X-GZIP', gzipSync],
  ['deflate', deflateSync],
  ['br', brotli],
  ['gzip, br', twice],
  ['identity', (body) => body],
];

const send = () =>
  qiscus.send(
    { templateDetailId: 172, broadcastFileId: 5, name: '[r-1] x', separator: ',', startedAt: undefined },
    () => true,
  );
const upload = () =>
  qiscus.upload({ csv: Buffer.from('phone_number\r\n'), fileName: 'x.csv', templateDetailId: 172, separator: ',' });

test.each(packers)('an answer that is packed with %s is read', async (coding, pack) => {
  answer = { coding, body: pack(Buffer.from('{"data":{"broadcast_job":{"id":145}}}')) };
  expect(readAnswer(await send())).toMatchObject({ outcome: 'scheduled', broadcastJobId: 145 });
  answer = { coding, body: pack(Buffer.from('{"broadcast_file_id":7}')) };
  const uploaded = await upload();
  expect('status' in uploaded && readBroadcastFile(uploaded)).toMatchObject({ broadcastFileId: 7 });
  answer = { coding, status: 422, body: pack(Buffer.from('{"error":"no such template"}')) };
  expect(readAnswer(await send())).toMatchObject({ outcome: 'failed', error: 'HTTP 422: no such template' });
});

const long = Buffer.alloc(30_000_000, ' ');

test.each(packers.slice(0, 5))('what unpacks from %s to 30 MB is given up early', async (coding, pack) => {
  answer = { coding, body: pack(long) };
  expect(answer.body.length).toBeLessThan(100_000);
  const before = process.memoryUsage().arrayBuffers;
  expect(readAnswer(await send())).toMatchObject({ outcome: 'unknown', error: expect.stringContaining('longer than') });
  expect(await upload()).toMatchObject({ reached: 'unknown', error: expect.stringContaining('longer than') });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
});

test('what is packed and has nothing in it, without end, is given up too', async () => {
  answer = { coding: 'gzip', body: Buffer.alloc(2_000_000, gzipSync('')) };
  expect(readAnswer(await send())).toMatchObject({ outcome: 'unknown', error: expect.stringContaining('longer than') });
});

test('an answer that is cut off or damaged leaves a send unknown', async () => {
  const whole = gzipSync('{"data":{"broadcast_job":{"id":145}}}');
  for (const body of [whole.subarray(0, 20), Buffer.from('{"data":{"broadcast_job":{"id":145}}}')]) {
    answer = { coding: 'gzip', body };
    expect(readAnswer(await send())).toMatchObject({ outcome: 'unknown', httpStatus: null });
    expect(await upload()).toMatchObject({ reached: 'unknown' });
  }
});

test.each(['zstd', 'gzip, gzip, gzip', 'constructor'])(
  'of one that is packed with %s the status counts',
  async (coding) => {
    answer = { coding, status: 429, body: gzipSync('x') };
    expect(readAnswer(await send())).toMatchObject({
      outcome: 'not_sent',
      error: `HTTP 429: (its body is packed as ${coding}, which can't be read)`,
    });
    answer = { coding, body: gzipSync('x') };
    expect(readAnswer(await send())).toMatchObject({ outcome: 'unknown', httpStatus: 200 });
  },
);
