import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { FastifyContextConfig, FastifyInstance } from 'fastify';
import type { AdminApp } from '../../../src/admin/app.js';
import { buildAdmin } from '../../../src/admin/server.js';
import { actionOf } from '../../../src/domain/audit/audit-actions.js';
import { type Rig, startRig } from '../../support/rig.js';
import { chunked } from '../../support/runs.js';

/**
 * Every route of the admin changes something, and what it does has a name in the audit log; or shows numbers, and is kept as well; or
 * stands here with the reason why it isn't. A new route fails until one of these is so.
 */
const ofQueues = /^\w+ \/queues\b/;
const byStrangers = /^\w+ (\/callbacks\/|\/login|\/logout|\/invitation)/;
const reasons: readonly [RegExp, string][] = [
  [
    /^GET (\/api\/v1)?\/(audit|audit\.csv|status|stops|holds|sessions|users|templates|schedule|health|account)\b/,
    'no number of anybody is in it',
  ],
  [
    /^GET (\/|\/runs|\/recipients|\/stop|\/go|\/new-campaign|\/health\/resume|\/metrics|\/openapi\.json)$/,
    'no number of anybody is in it',
  ],
  [/^GET (\/healthz|\/readyz|\/login.*|\/invitation|\/assets\/\*)$/, 'is for strangers'],
  [/^GET (\/api\/v1)?\/campaigns\b/, 'settings and counts'],
  [/^GET (\/api\/v1)?\/opt-outs\/held$/, 'counts'],
  [/^GET \/bulk\/:action$/, 'counts, before a change that is kept'],
  [/^GET \/api\/v1\/runs(\/:runId(\/(batches|events|grid|results|verification))?)?$/, 'counts and states'],
  [/^GET (\/api\/v1)?\/runs\/:runId\/rejections$/, 'numbers in it are masked'],
  [
    /^GET \/runs\/:runId(\/(cancel|pause|resend|resume|retry|seal|verification))?$/,
    'counts, before a change that is kept',
  ],
  [
    /^GET \/api\/v1\/runs\/:runId\/approval$|^GET \/runs\/:runId\/approve$/,
    'five rows, before an approval that is kept',
  ],
  [/^GET (\/api\/v1)?\/batches\/:batchId(\/(resolve|retry))?$/, 'numbers in it are masked'],
  [
    /^GET (\/api\/v1)?\/drafts(\/:draftId(\/(?!rejected|doubtful)\w+)?)?$/,
    'a row at a time of a list that somebody has put in, which is kept',
  ],
  [/^POST \/api\/v1\/templates\/preview$/, "shows the caller's own values"],
  [/^POST \/api\/v1\/drafts\/:draftId\/check$/, 'reads a list that was put in, which is kept, and counts'],
  [
    /^POST (\/campaigns\/:name\/edit|\/new-campaign)\/ask$/,
    'asks before a change that is kept; a row that is shown has an entry',
  ],
  [
    /^POST (\/recipients\/forgetting|\/suppressions\/removal)$/,
    'asks about a number that was looked up, before a change that is kept',
  ],
];
/** They add their entry themselves, as what they tell is more than the request. */
const exporting = new Set([
  'GET /api/v1/runs/:runId/export',
  'POST /api/v1/campaigns/look',
  ...['GET /api/v1/drafts/:draftId/rejected.csv', 'GET /drafts/:draftId/rejected.csv'],
  ...['GET /api/v1/drafts/:draftId/doubtful.csv', 'GET /drafts/:draftId/doubtful.csv'],
]);

type Route = { method: string; name: string; config: FastifyContextConfig };

const token = '0b0c7f19d2a84e63b1f7c0d98e4a2670';
let rig: Rig;
let app: AdminApp;
const routes: Route[] = [];

beforeAll(async () => {
  rig = await startRig({ env: { SIARAN_CALLBACK_SECRET: 'a-secret-of-this-test' } });
  subscribe('fastify.initialization', noteRoutes);
  app = await buildAdmin(rig.ctx, [
    { name: 'ada', role: 'owner', token },
    { name: 'vi', role: 'viewer', token: `1${token.slice(1)}` },
  ]);
  await app.ready();
  unsubscribe('fastify.initialization', noteRoutes);
});
afterAll(async () => {
  await app.close();
  await rig.close();
});

/** Fastify tells whoever listens of each instance, before it has routes. */
function noteRoutes(message: unknown): void {
  const { fastify } = message as { fastify: FastifyInstance };
  fastify.addHook('onRoute', ({ method, url, config }) => {
    for (const one of [method].flat())
      if (one !== 'HEAD')
        routes.push({ method: one, name: `${one} ${url}`, config: config ?? ({} as FastifyContextConfig) });
  });
}

const isKept = ({ method, name, config }: Route) =>
  config.lookUp === true ||
  config.shows !== undefined ||
  exporting.has(name) ||
  (!['GET', 'OPTIONS'].includes(method) && !config.looks && actionOf(name) !== undefined);

test('each route is kept in the audit log, in words, or has a reason not to be', () => {
  expect(routes.length).toBeGreaterThan(150);
  const open = routes.filter(({ name }) => !ofQueues.test(name) && !byStrangers.test(name));
  const without = open.filter((route) => !isKept(route) && !reasons.some(([which]) => which.test(route.name)));
  expect(without.map(({ name }) => name)).toEqual([]);
  // A reason is none for what is kept anyway, or isn't there.
  const unused = reasons.filter(([which]) => !open.some((route) => !isKept(route) && which.test(route.name)));
  expect(unused).toEqual([]);
  const names = new Set(open.map(({ name }) => name));
  expect([...exporting].filter((name) => !names.has(name))).toEqual([]);
});

/** How many entries a request adds. */
async function added(url: string, by = token, payload?: object): Promise<{ status: number; actions: string[] }> {
  const [last] = await rig.query<{ id: string }>('SELECT coalesce(max(id), 0)::text AS id FROM audit_entries');
  const headers = { authorization: `Bearer ${by}` };
  const { statusCode: status } = await app.inject({
    method: payload ? 'POST' : 'GET',
    url,
    headers,
    ...(payload && { payload }),
  });
  const rows = await rig.query<{ action: string }>('SELECT action FROM audit_entries WHERE id > $1', [last?.id]);
  return { status, actions: rows.map(({ action }) => action) };
}

test('who sees numbers is kept when they ask for a list of them, or for a message', async () => {
  const runId = await chunked(rig, 2);
  for (const url of ['/suppressions', '/api/v1/suppressions'])
    expect(await added(url)).toEqual({ status: 200, actions: ['list suppressions'] });
  expect(await added('/suppressions/page', token, { after: '628' })).toEqual({
    status: 200,
    actions: ['list suppressions'],
  });
  for (const url of [`/runs/${runId}/preview`, `/api/v1/runs/${runId}/preview?row=2`])
    expect(await added(url)).toEqual({ status: 200, actions: ['preview'] });
  expect(await added(`/api/v1/runs/${runId}/export`)).toEqual({ status: 200, actions: ['export'] });
  const told: string[] = [];
  for await (const { text } of rig.siaran.audit({ target: runId })) told.push(text);
  expect(told).toContain(`ada (token) looked at a message of run "December" (${runId}, 2 people)`);
});

test('who sees masked numbers only is not', async () => {
  expect(await added('/api/v1/suppressions', `1${token.slice(1)}`)).toEqual({ status: 200, actions: [] });
});

test('siaran.audit by a number is kept, after what it tells', async () => {
  const told = async () => {
    const texts: string[] = [];
    for await (const { text } of rig.open({ SIARAN_ACTOR: 'bo' }).audit({ number: '6281200000077' })) texts.push(text);
    return texts;
  };
  expect(await told()).toEqual([]);
  expect(await told()).toEqual(['bo looked up what the audit log tells of a phone number']);
});
