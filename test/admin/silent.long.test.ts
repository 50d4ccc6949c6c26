import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type Running, start, until } from '../cli/siaran.js';
import { tokens } from '../support/admin.js';
import { eventually, finished, invoiceColumns, invoices, phoneNumber, type Rig, startRig } from '../support/rig.js';
import { type SilentProxy, startSilentProxy } from '../support/servers/silent-proxy.js';
import { item } from '../support/statuses.js';

/** The admin as it is run, which finds Postgres and Redis by way of proxies. */
let rig: Rig;
let postgres: SilentProxy;
let redis: SilentProxy;
let admin: Running;
let url: string;
/** A run that is handed over, and one of which something is still in Redis. */
let done: string;
let waiting: string;

/** A connection (5 s), or a command of Redis (10 s), after a look at whose the prefix is (3 s), and a busy machine. */
const longestMs = 16_000;
const allGoesOnWithinMs = 60_000;
const secret = 'secret-of-callbacks-0123456789';
const december = { name: 'December', templateDetailId: 172, columns: invoiceColumns };

beforeAll(async () => {
  rig = await startRig();
  const workers = await rig.work();
  ({ runId: done } = await rig.siaran.broadcast({ ...december, recipients: invoices(10) }));
  await finished(rig.siaran, done);
  await workers.close();
  ({ runId: waiting } = await rig.siaran.broadcast({ ...december, recipients: invoices(10) }));
  const { DATABASE_URL = '', REDIS_URL = '' } = rig.env;
  [postgres, redis] = await Promise.all([startSilentProxy(DATABASE_URL), startSilentProxy(REDIS_URL)]);
  admin = start(['admin', '--port', '0', '--json'], {
    env: {
      ...rig.env,
      ...{ DATABASE_URL: postgres.through(DATABASE_URL), REDIS_URL: redis.through(REDIS_URL) },
      ...{ SIARAN_ADMIN_TOKEN: tokens.operator, SIARAN_CALLBACK_SECRET: secret, SIARAN_STATEMENT_TIMEOUT: '1s' },
    },
  });
  url = (JSON.parse(await until(() => admin.stdout().trim(), 'the address')) as { url: string }).url;
});
afterEach(() => {
  for (const proxy of [postgres, redis]) proxy.flow('forgotten');
});
afterAll(async () => {
  admin.child.kill('SIGTERM');
  const { code } = await admin.ended;
  for (const proxy of [postgres, redis]) proxy.close();
  await rig.close();
  expect(code).toBe(0);
});

/** What Redis has to answer for, if anything; the rest rests on Postgres alone. */
type Asked = { method: string; path: string; redis?: true; json?: unknown; page?: true };

const page = (path: string, more: Partial<Asked> = {}): Asked => ({ method: 'GET', path, page: true, ...more });
const read = (path: string, more: Partial<Asked> = {}): Asked => ({ method: 'GET', path: `/api/v1${path}`, ...more });
const change = (path: string, json: unknown = {}, more: Partial<Asked> = {}): Asked => ({
  ...{ method: 'POST', path: `/api/v1${path}`, json },
  ...more,
});

const asked = (): Asked[] => [
  page('/runs', { redis: true }),
  page(`/runs/${done}`),
  page(`/runs/${waiting}`, { redis: true }),
  page(`/runs/${done}/rejections`),
  page(`/runs/${done}/verification`),
  page(`/batches/${done}-0001`),
  page('/campaigns'),
  page('/suppressions'),
  page('/audit'),
  read('/runs', { redis: true }),
  read(`/runs/${done}`),
  read(`/runs/${waiting}`, { redis: true }),
  read(`/runs/${done}/batches`),
  read(`/runs/${done}/rejections`),
  read(`/runs/${done}/grid`),
  read(`/runs/${done}/verification`),
  read(`/runs/${done}/export`),
  read(`/batches/${done}-0001`),
  change('/recipients/search', { phoneNumber: phoneNumber(1) }),
  read('/holds'),
  read('/audit'),
  read('/campaigns'),
  read('/suppressions'),
  change('/suppressions', { phoneNumbers: [phoneNumber(99)] }),
  // Nothing is let go before it is known that Postgres has all sends that Redis remembers.
  change('/holds/resume?account=default', {}, { redis: true }),
  change(`/runs/${done}/retry`),
  change('/runs', { ...december, key: 'started beside a silence' }),
  {
    method: 'POST',
    path: `/callbacks/qiscus/${secret}`,
    json: { statuses: [item('wamid.1', 'read', new Date(), phoneNumber(1))] },
  },
];

async function ask({ method, path, json, page: isPage }: Asked) {
  const begun = Date.now();
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${tokens.operator}`,
      ...(json !== undefined && { 'Content-Type': 'application/json' }),
      ...(isPage && { Accept: 'text/html' }),
    },
    ...(json !== undefined && { body: JSON.stringify(json) }),
    signal: AbortSignal.timeout(90_000),
  });
  const text = await response.text();
  return { what: `${method} ${path}`, status: response.status, text, tookMs: Date.now() - begun, response };
}

type Answer = Awaited<ReturnType<typeof ask>>;

const isWell = ({ status }: Answer) => status < 300;

function expectWell({ what, status, tookMs }: Answer): void {
  expect({ what, isWell: status < 300, isInTime: tookMs < longestMs }).toEqual({ what, isWell: true, isInTime: true });
}

function expectUnavailable({ what, status, text, tookMs, response }: Answer, service: string): void {
  expect({ what, status, isInTime: tookMs < longestMs }).toEqual({ what, status: 503, isInTime: true });
  expect({ what, retryAfter: response.headers.get('retry-after') }).toEqual({ what, retryAfter: '5' });
  // The provider is told nothing of our insides.
  if (!what.includes('/callbacks/'))
    expect({ what, text }).toEqual({ what, text: expect.stringContaining(`${service} can`) });
  if (what.includes('/api/v1')) expect(JSON.parse(text)).toMatchObject({ code: 'UNAVAILABLE' });
}

async function health(path: string) {
  const begun = Date.now();
  const response = await fetch(`${url}${path}`);
  return { status: response.status, body: await response.json(), isSoon: Date.now() - begun < 5_000 };
}

/** This page is there whatever is away, and says what is. */
async function healthPageIsThere(): Promise<void> {
  const { status, text } = await ask(page('/health'));
  expect({ status, text }).toEqual({ status: 200, text: expect.stringContaining('no answer within') });
}

/** The admin is alive, and lacks this. What it was told a moment before is believed for a second. */
async function healthTells(missing: string): Promise<void> {
  expect(await health('/healthz')).toEqual({ status: 200, body: { ok: true, fault: null }, isSoon: true });
  const answer = await eventually(
    () => health('/readyz'),
    ({ status, isSoon }) => status === 503 || !isSoon,
    5_000,
  );
  expect(answer).toEqual({ status: 503, body: { ready: false, missing: [missing] }, isSoon: true });
}

test('Postgres is silent: each request is told so, in time, and all works once bytes flow', async () => {
  await allIsWellAgain();
  postgres.silence();
  const answers = Promise.all(asked().map(ask));
  await healthTells('postgres');
  for (const answer of await answers) expectUnavailable(answer, 'Postgres');
  await healthPageIsThere();
  postgres.flow('forgotten');
  await allIsWellAgain();
});

test('Redis is silent: what rests on Postgres works, the rest is told so in time, and all works once bytes flow', async () => {
  await allIsWellAgain();
  redis.silence();
  const questions = asked();
  const answers = Promise.all(questions.map(ask));
  await healthTells('redis');
  for (const [at, answer] of (await answers).entries()) {
    if (questions[at]?.redis) expectUnavailable(answer, 'Redis');
    else expectWell(answer);
  }
  // Nobody knows any more whose the prefix is: a change looks for it first, and is made all the same.
  expectWell(await ask(change('/suppressions', { phoneNumbers: [phoneNumber(98)] })));
  await healthPageIsThere();
  redis.flow('forgotten');
  await allIsWellAgain();
});

/** Without anybody starting it anew. */
async function allIsWellAgain(): Promise<void> {
  await eventually(
    async () => (await Promise.all(asked().map(ask))).filter((answer) => !isWell(answer)).map(({ what }) => what),
    (unwell) => unwell.length === 0,
    allGoesOnWithinMs,
  );
  expect(await health('/readyz')).toMatchObject({ status: 200, body: { ready: true } });
  expect(admin.child.exitCode).toBeNull();
}
