import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import type { AdminApp } from '../../../src/admin/app.js';
import { buildAdmin } from '../../../src/admin/server.js';
import type { AdminToken } from '../../../src/config/admin-token.js';
import { type AdminRole, adminRoles } from '../../../src/domain/people/roles.js';
import { type Rig, startRig } from '../../support/rig.js';

/**
 * Every route that the admin has, asked by everybody who is not to use it. What isn't named here is a page or an answer for all who are
 * logged in, or a change by operators: a new route that is more open than that fails until somebody names it.
 */
const open = new Set([
  ...['GET /login', 'POST /login', 'POST /logout', 'GET /login/openid', 'GET /login/openid/begin'],
  ...['GET /invitation', 'POST /invitation', 'GET /assets/*', 'GET /healthz', 'GET /readyz'],
]);
/** They are called by Qiscus, which knows a secret. */
const callbacks = /^\w+ \/callbacks\//;
const owners = /^\w+ (\/api\/v1)?\/users\b/;
const own = /^\w+ ((\/api\/v1)?\/sessions\/|\/account\b)/;
/** Changes nothing although it is posted. */
const looks = new Set(['POST /api/v1/templates/preview']);
/** Asks about one number, which analysts don't. */
const looksUp = new Set(['POST /recipients', 'POST /api/v1/recipients/search', 'POST /suppressions']);
const approvers = /^POST (\/api\/v1)?\/runs\/:runId\/approve$/;
/** Without a body these are wrong before they are anything else. */
const bodies: Readonly<Record<string, object>> = {
  'POST /login': { token: 'x' },
  'POST /invitation': { once: 'x', password: 'x', again: 'x' },
};

let rig: Rig;
let app: AdminApp;
const routes: Route[] = [];
const cookies = new Map<AdminRole, string>();
const people: AdminToken[] = adminRoles.map((role, at) => ({
  ...{ name: role, role },
  token: `${at}b0c7f19d2a84e63b1f7c0d98e4a267`.padEnd(32, String(at)),
}));

type Route = { method: string; path: string; name: string };
type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

beforeAll(async () => {
  const oidc = { issuer: 'http://127.0.0.1:1', clientId: 'siaran', clientSecret: 'of this test' };
  rig = await startRig({ env: { SIARAN_CALLBACK_SECRET: 'a-secret-of-this-test' } });
  const config = { ...rig.ctx.config, adminUrl: 'http://siaran.test', oidc };
  subscribe('fastify.initialization', noteRoutes);
  app = await buildAdmin({ ...rig.ctx, config }, people);
  await app.ready();
  unsubscribe('fastify.initialization', noteRoutes);
  for (const { role, token } of people) {
    const { headers } = await app.inject({ method: 'POST', url: '/login', payload: { token } });
    cookies.set(role, String(headers['set-cookie']).split(';')[0] ?? '');
  }
});
afterAll(async () => {
  await app.close();
  await rig.close();
});

/** Fastify tells whoever listens of each instance, before it has routes. */
function noteRoutes(message: unknown): void {
  const { fastify } = message as { fastify: FastifyInstance };
  fastify.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat())
      if (one !== 'HEAD') routes.push({ method: one, path: url, name: `${one} ${url}` });
  });
}

const isChange = ({ method, name }: Route) =>
  !['GET', 'OPTIONS'].includes(method) && !looks.has(name) && !looksUp.has(name);

/** @returns `ROLE`, `CROSS_SITE` and so on, or where it leads to */
async function ask({ method, path, name }: Route, role?: AdminRole, more: Record<string, string> = {}) {
  const url = path.replaceAll(/:\w+(\([^)]*\))?/g, 'x').replaceAll('*', 'x');
  const cookie = role && cookies.get(role);
  const headers = { accept: 'application/json', ...(cookie && { cookie }), ...more };
  const body = bodies[name];
  const answer = await app.inject({ method: method as Method, url, headers, ...(body && { payload: body }) });
  const { code } = answer.body.startsWith('{') ? (JSON.parse(answer.body) as { code?: string }) : {};
  return code ?? `${answer.statusCode}`;
}

async function judge(which: (route: Route) => boolean, right: string, role?: AdminRole, more = {}): Promise<void> {
  const asked = routes.filter(({ name }) => !callbacks.test(name)).filter(which);
  const wrong: string[] = [];
  for (const route of asked) {
    const told = await ask(route, role, more);
    if (told !== right) wrong.push(`${route.name}: ${told}`);
  }
  expect([role, wrong]).toEqual([role, []]);
  expect(asked.length).toBeGreaterThan(0);
}

test('all routes are there', () => {
  const names = routes.map(({ name }) => name);
  expect(names.length).toBeGreaterThan(120);
  for (const name of open) expect(names).toContain(name);
  for (const name of [...looks, ...looksUp]) expect(names).toContain(name);
  expect(names).toContain('POST /api/v1/runs/:runId/cancel');
});

test('a stranger is asked who they are', () => judge(({ name }) => !open.has(name), 'UNAUTHENTICATED'));

test.each(['viewer', 'analyst'] as const)('%s changes nothing but what is their own', (role) =>
  judge((route) => isChange(route) && !open.has(route.name) && !own.test(route.name), 'ROLE', role),
);

test.each(adminRoles.filter((role) => role !== 'owner'))('%s has nothing to do with users', (role) =>
  judge(({ name }) => owners.test(name), 'ROLE', role),
);

test('an analyst looks nobody up', () => judge(({ name }) => looksUp.has(name), 'ROLE', 'analyst'));

test.each(['viewer', 'analyst', 'operator'] as const)('%s approves nothing', (role) =>
  judge(({ name }) => approvers.test(name), 'ROLE', role),
);

test('what another site makes the browser of an owner send does nothing', async () => {
  for (const headers of [{ origin: 'https://elsewhere.example' }, { 'sec-fetch-site': 'cross-site' }])
    await judge(({ method }) => !['GET', 'OPTIONS'].includes(method), 'CROSS_SITE', 'owner', headers);
});

test('what concerns how people come in takes that they have shown lately who they are', async () => {
  await rig.query('UPDATE admin_sessions SET proven_at = NULL');
  await judge((route) => isChange(route) && (owners.test(route.name) || own.test(route.name)), 'LOG_IN_AGAIN', 'owner');
});
