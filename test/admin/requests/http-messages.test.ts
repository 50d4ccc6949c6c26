import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildReceiver } from '../../../src/admin/callbacks/server.js';
import { type AdminRig, startAdminRig, tokens } from '../../support/admin.js';
import { invoiceColumns } from '../../support/rig.js';

/** Requests that are written as no browser and no client writes them, byte by byte. */
let rig: AdminRig;
let receiver: Awaited<ReturnType<typeof buildReceiver>>;
const ports: number[] = [];

beforeAll(async () => {
  rig = await startAdminRig({ env: { SIARAN_CALLBACK_SECRET: 'a-secret-of-this-test' } });
  receiver = await buildReceiver(rig.ctx);
  ports.push(
    ...[rig.url, await receiver.listen({ port: 0, host: '127.0.0.1' })].map((url) => Number(new URL(url).port)),
  );
});
afterAll(async () => {
  await receiver.close();
  await rig.close();
});

/** Writes it, and reads until the other side ends. */
function exchange(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.setEncoding('utf8').on('data', (part) => (answer += part));
    socket.once('close', () => resolve(answer));
    socket.once('error', (error) => (answer === '' ? reject(error) : resolve(answer)));
  });
}

const head = `Host: x\r\nAuthorization: Bearer ${tokens.operator}\r\nContent-Type: application/json\r\n`;
const statuses = (answer: string) => [...answer.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => Number(status));

test.each([
  ['two lengths', 'Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}'],
  ['a length beside chunks', 'Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['chunks that are not the last coding', 'Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n'],
  ['a length that is none', 'Content-Length: +2\r\n\r\n{}'],
  ['a chunk of a length that is none', 'Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n'],
  ['a header with a NUL', 'X-Note: a\0b\r\nContent-Length: 2\r\n\r\n{}'],
  ['a header whose line is folded', 'X-Note: a\r\n  b: c\r\nContent-Length : 2\r\n\r\n{}'],
])('%s end the connection, and nothing behind them is taken for a request', async (_, rest) => {
  for (const port of ports)
    for (const path of ['/api/v1/runs', '/callbacks/qiscus/a-secret-of-this-test']) {
      const smuggled = `GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
      const answer = await exchange(port, `POST ${path} HTTP/1.1\r\n${head}${rest}${smuggled}`);
      expect([path, statuses(answer)]).toEqual([path, [400]]);
    }
  expect(await rig.siaran.runs()).toEqual([]);
});

test('nobody is told what they sent by TRACE, and no other method is known', async () => {
  for (const port of ports)
    for (const method of ['TRACE', 'PROPFIND', 'CONNECT', 'BREW']) {
      const answer = await exchange(
        port,
        `${method} /healthz HTTP/1.1\r\n${head}X-Told: it-came-back\r\nConnection: close\r\n\r\n`,
      );
      expect(answer).not.toContain('it-came-back');
      expect([method, statuses(answer).filter((status) => status < 400)]).toEqual([method, []]);
    }
});

test('a parameter that comes twice is a wrong request, and one that nobody asked for decides nothing', async () => {
  for (const query of ['limit=1&limit=2', 'cursor=a&cursor=b', 'limit[a]=1&limit=x'])
    expect([query, (await rig.ask('GET', `/api/v1/runs?${query}`)).status]).toEqual([query, 400]);
  const { id } = await rig.siaran.startRun({ name: 'One', templateDetailId: 172, columns: invoiceColumns });
  // No second name of a run is taken.
  const other = await rig.ask('GET', `/api/v1/runs/${id}?runId=rother&id=rother`);
  expect(other).toMatchObject({ status: 400, body: { detail: expect.stringContaining('runId') } });
});

test('a field that is not asked for changes nothing, least of all what every object has', async () => {
  const run = { name: 'Two', templateDetailId: 172, columns: invoiceColumns };
  const text = JSON.stringify(run);
  const headers = { 'Content-Type': 'application/json' };
  for (const more of ['"__proto__":{"status":"finished"}', '"constructor":{"prototype":{"status":"finished"}}'])
    expect((await rig.ask('POST', '/api/v1/runs', { headers, body: `${text.slice(0, -1)},${more}}` })).status).toBe(
      400,
    );
  const more = { ...run, id: 'rmine', status: 'finished', account: 'default', createdAt: '2020-01-01T00:00:00Z' };
  expect((await rig.ask('POST', '/api/v1/runs', { json: more })).status).toBe(400);
  expect(({} as { status?: string }).status).toBeUndefined();
  expect((await rig.siaran.runs()).filter(({ name }) => name === run.name)).toEqual([]);
});
