import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildReceiver } from '../../../src/admin/callbacks/server.js';
import { buildAdmin } from '../../../src/admin/server.js';
import { freePort } from '../../../src/local/processes.js';
import { type AdminRig, people, startAdminRig, tokens } from '../../support/admin.js';
import { eventually } from '../../support/rig.js';

/** Requests that are refused before a route is looked for: their answers are as all others. */
const secret = 'a-secret-of-this-test';
const headersOfAll = [
  'content-security-policy',
  'referrer-policy',
  'strict-transport-security',
  'x-content-type-options',
];
let rig: AdminRig;
let receiver: Awaited<ReturnType<typeof buildReceiver>>;
const ports = { admin: 0, receiver: 0, worker: 0 };

beforeAll(async () => {
  rig = await startAdminRig({ env: { SIARAN_CALLBACK_SECRET: secret } });
  receiver = await buildReceiver(rig.ctx);
  ports.admin = Number(new URL(rig.url).port);
  ports.receiver = Number(new URL(await receiver.listen({ port: 0, host: '127.0.0.1' })).port);
  ports.worker = await freePort();
  await rig.work({ SIARAN_WORKER_PORT: String(ports.worker) });
});
afterAll(async () => {
  await receiver.close();
  await rig.close();
});

type Told = { status: number; headers: Map<string, string>; body: string };

/** Writes it, and reads the last answer, until the other side ends. */
function exchange(port: number, text: string, goOn: (socket: Socket) => unknown = () => {}): Promise<Told> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(text);
      Promise.resolve(goOn(socket)).catch(reject);
    });
    let answer = '';
    socket.setEncoding('utf8').on('data', (part) => (answer += part));
    socket.once('error', reject);
    socket.once('close', () => {
      const [head = '', body = ''] = answer.slice(answer.lastIndexOf('HTTP/1.1 ')).split('\r\n\r\n');
      const [line = '', ...fields] = head.split('\r\n');
      const headers = new Map(
        fields.map((field) => [field.slice(0, field.indexOf(':')).toLowerCase(), field.slice(field.indexOf(':') + 2)]),
      );
      resolve({ status: Number(line.split(' ')[1]), headers, body });
    });
  });
}

const as = (accept: string) => `Host: x\r\nAuthorization: Bearer ${tokens.operator}\r\nAccept: ${accept}\r\n`;
const end = 'Connection: close\r\n\r\n';

type Wrong = {
  what: string;
  status: number;
  /** A receiver of callbacks says of no address whether it is there. */
  atReceiver?: number;
  says: string;
  /** What stands behind the method. */
  rest: (path: string, accept: string) => string;
};

const wrong: Wrong[] = [
  {
    what: 'a bad escape',
    status: 400,
    atReceiver: 404,
    says: '%zz',
    rest: (path, accept) => `${path}/%zz HTTP/1.1\r\n${as(accept)}${end}`,
  },
  {
    what: 'half of a character',
    status: 400,
    atReceiver: 404,
    says: '%c3',
    rest: (path, accept) => `${path}/%c3 HTTP/1.1\r\n${as(accept)}${end}`,
  },
  {
    what: 'a long address',
    status: 431,
    says: '16384',
    rest: (path, accept) => `${path}?a=${'x'.repeat(20_000)} HTTP/1.1\r\n${as(accept)}${end}`,
  },
  {
    what: 'long headers',
    status: 431,
    says: '16384',
    rest: (path, accept) => `${path} HTTP/1.1\r\n${as(accept)}X: ${'x'.repeat(20_000)}\r\n${end}`,
  },
  {
    what: 'a header that is none',
    status: 400,
    says: 'header',
    rest: (path, accept) => `${path} HTTP/1.1\r\n${as(accept)}a b\r\n${end}`,
  },
  {
    what: 'no host',
    status: 400,
    says: 'Host',
    rest: (path, accept) => `${path} HTTP/1.1\r\n${as(accept).replace('Host: x\r\n', '')}${end}`,
  },
];
/** Only the admin has parts of addresses that differ. */
const longPart: Wrong = {
  what: 'a long part of an address',
  status: 414,
  says: '2000',
  rest: (path, accept) => `${path}/${'x'.repeat(2_001)} HTTP/1.1\r\n${as(accept)}${end}`,
};

/** What all answers have. */
function expectGuarded(headers: Map<string, string>, like: Headers): void {
  const own = headersOfAll.map((name) => [name, headers.get(name)]);
  expect(own).toEqual(headersOfAll.map((name) => [name, like.get(name)]));
  expect(headers.get('cache-control')).toBe('no-store');
}

test.each([...wrong, longPart])(
  '$what is a problem to programs and a page to people',
  async ({ status, says, rest }) => {
    const like = (await rig.ask('GET', '/api/v1/status')).headers;
    const problem = await exchange(ports.admin, `GET ${rest('/api/v1/runs', 'text/html')}`);
    expect(problem).toMatchObject({ status });
    expect(problem.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(JSON.parse(problem.body)).toEqual({
      type: 'about:blank',
      status,
      title: expect.stringMatching(/\w/),
      code: expect.stringMatching(/^[A-Z_]+$/),
      detail: expect.stringContaining(says),
    });
    expectGuarded(problem.headers, like);
    const page = await exchange(ports.admin, `GET ${rest('/runs', 'text/html,*/*')}`);
    expect(page).toMatchObject({ status });
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.body).toContain('<!doctype html>');
    expect(page.body).toContain(says);
    expectGuarded(page.headers, like);
  },
);

test.each(wrong)(
  '$what tells nothing more to others than to who may know',
  async ({ status, atReceiver = status, rest }) => {
    const asked = [
      { port: ports.receiver, path: `/callbacks/qiscus/${secret}`, expected: atReceiver },
      { port: ports.worker, path: '/healthz', expected: status },
    ];
    for (const { port, path, expected } of asked) {
      const like = (await fetch(`http://127.0.0.1:${port}/healthz`)).headers;
      const told = await exchange(port, `GET ${rest(path, 'text/html')}`);
      expect([path, told.status]).toEqual([path, expected]);
      expect(told.headers.get('content-type')).toMatch(/^application\/json/);
      expect(JSON.parse(told.body)).toEqual({ error: expect.any(String) });
      expect(told.body).not.toContain(secret);
      expectGuarded(told.headers, like);
    }
  },
);

test('who expects what nobody gives is answered as if nothing were expected', async () => {
  const { status } = await exchange(ports.admin, `GET /healthz HTTP/1.1\r\n${as('*/*')}Expect: tea\r\n${end}`);
  expect(status).toBe(200);
});

test('a request that comes while the process is being stopped is a problem too, and told when to come again', async () => {
  const app = await buildAdmin(rig.ctx, people);
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const like = (await rig.ask('GET', '/api/v1/status')).headers;
  let isClosed: Promise<unknown> = Promise.resolve();
  const begun = `POST /api/v1/runs HTTP/1.1\r\n${as('*/*')}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n`;
  const { headers, body } = await exchange(Number(new URL(url).port), begun, async (socket) => {
    await new Promise((arrived) => app.server.once('request', arrived));
    isClosed = Promise.resolve(app.close());
    await eventually(
      async () => app.server.listening,
      (isListening) => !isListening,
    );
    socket.write(`{}GET /api/v1/status HTTP/1.1\r\n${as('*/*')}\r\n`);
  });
  await isClosed;
  expect(JSON.parse(body)).toMatchObject({ status: 503, code: 'CLOSING', detail: expect.stringContaining('5 s') });
  expect(headers.get('retry-after')).toBe('5');
  expectGuarded(headers, like);
});
