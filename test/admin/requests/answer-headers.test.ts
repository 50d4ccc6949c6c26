import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildReceiver } from '../../../src/admin/callbacks/server.js';
import { freePort } from '../../../src/local/processes.js';
import { type AdminRig, startAdminRig, tokens } from '../../support/admin.js';
import { invoiceColumns } from '../../support/rig.js';
import { openVisitors, type Visitors } from '../visitors.js';

/** What each answer tells browsers, whichever of the three servers gives it, and whether it is what was asked for or a refusal. */
const secret = 'a-secret-of-this-test';
let rig: AdminRig;
let visitors: Visitors;
let runId: string;

beforeAll(async () => {
  rig = await startAdminRig({ env: { SIARAN_CALLBACK_SECRET: secret } });
  visitors = await openVisitors(rig);
  ({ id: runId } = await rig.siaran.startRun({ name: 'Open', templateDetailId: 172, columns: invoiceColumns }));
});
afterAll(() => rig.close());

type Told = { asked: string; type: string | null; faults: string[] };

/** What is wrong with the headers of an answer. */
function judge(asked: string, { headers }: { headers: Headers }): Told {
  const policy = (headers.get('content-security-policy') ?? '').split(';').map((part) => part.trim());
  const told = (name: string) => headers.get(name) ?? 'none';
  const type = headers.get('content-type');
  const faults = [
    ...["default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"].filter(
      // The board of queues finds its parts from a base of its own.
      (part) => !policy.includes(part) && !(part.startsWith('base-uri') && policy.includes("base-uri 'self'")),
    ),
    ...(/unsafe|\*|http:/.test(policy.join()) ? [policy.join()] : []),
    ...(told('x-content-type-options') === 'nosniff' ? [] : ['may be sniffed']),
    ...(/same-origin|no-referrer/.test(told('referrer-policy')) ? [] : ['no referrer policy']),
    ...(/max-age=(?:3[1-9]|[4-9]\d)\d{6,}; includeSubDomains/.test(told('strict-transport-security'))
      ? []
      : ['no HSTS']),
    ...(headers.has('access-control-allow-origin') ? ['is for other origins'] : []),
    ...(headers.has('x-powered-by') || headers.has('server') ? ['tells what serves it'] : []),
    ...(type === null || /charset=utf-8|json$/.test(type) ? [] : [`of no charset: ${type}`]),
  ];
  return { asked, type, faults };
}

async function ask(url: string, paths: readonly string[], init: RequestInit = {}): Promise<Told[]> {
  const told: Told[] = [];
  for (const path of paths) {
    const response = await fetch(url + path, { redirect: 'manual', ...init });
    told.push(judge(`${init.method ?? 'GET'} ${path} ${response.status}`, response));
    await response.body?.cancel();
  }
  return told;
}

const faultsOf = (told: readonly Told[]) => told.filter(({ faults }) => faults.length > 0);

test('answers of the admin are no page of another kind, in no frame, and for https from then on', async () => {
  const api = `/api/v1/runs/${runId}`;
  const told = [
    ...(await ask(rig.url, ['/runs', '/nothing', '/queues', '/audit?before=x', `/runs/${runId}`], {
      headers: { Accept: 'text/html', Cookie: visitors.operator },
    })),
    ...(await ask(
      rig.url,
      [api, `${api}/export`, `${api}/events`, '/api/v1/nothing', '/api/v1/runs?limit=x', '/openapi.json', '/metrics'],
      { headers: { Authorization: `Bearer ${tokens.operator}` } },
    )),
    ...(await ask(rig.url, ['/', '/runs', '/login', '/assets/siaran.css', '/assets/run.js', '/assets/icon.svg', api])),
    ...(await ask(rig.url, ['/healthz', '/readyz', `/callbacks/qiscus/${secret}`, '/callbacks/qiscus/none'])),
    ...(await ask(rig.url, ['/login', '/logout', `${api}/cancel`], { method: 'POST' })),
  ];
  expect(faultsOf(told)).toEqual([]);
  expect(told.length).toBeGreaterThan(25);
});

test('answers of the receiver of callbacks likewise', async () => {
  const receiver = await buildReceiver(rig.ctx);
  try {
    const url = await receiver.listen({ port: 0, host: '127.0.0.1' });
    const path = `/callbacks/qiscus/${secret}`;
    const told = [
      ...(await ask(url, ['/', path, '/healthz', '/readyz', '/metrics', '/nothing'])),
      ...(await ask(url, [path, '/nothing'], { method: 'POST', body: '{"statuses":[]}' })),
      ...(await ask(url, [path], { method: 'POST', body: 'none' })),
    ];
    expect(faultsOf(told)).toEqual([]);
  } finally {
    await receiver.close();
  }
});

test('answers of a worker likewise', async () => {
  const port = await freePort();
  await rig.work({ SIARAN_WORKER_PORT: String(port) });
  expect(faultsOf(await ask(`http://127.0.0.1:${port}`, ['/', '/metrics', '/healthz', '/readyz']))).toEqual([]);
});

test('a browser that logs out keeps nothing of what it has seen', async () => {
  const cookie = await visitors.logIn(tokens.viewer);
  const left = await visitors.post('/logout', {}, cookie);
  expect(left.headers.get('clear-site-data')).toBe('"cache", "storage"');
});
