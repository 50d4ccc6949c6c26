import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { buildAdmin } from '../../../src/admin/server.js';
import { parseConfig } from '../../../src/config/config.js';
import { openContext } from '../../../src/context.js';
import { type AdminRig, people, startAdminRig, tokens } from '../../support/admin.js';
import { startSilentProxy } from '../../support/servers/silent-proxy.js';
import { cookieOf, openVisitors, type Visitors } from '../visitors.js';

let rig: AdminRig;
let visitors: Visitors;

beforeAll(async () => {
  rig = await startAdminRig({ env: { SIARAN_TRUSTED_PROXIES: '1' } });
  visitors = await openVisitors(rig);
});
beforeEach(() => rig.query('DELETE FROM admin_sessions'));
afterAll(() => rig.close());

type Listed = { id: string; name: string; address: string };
const listed = async (token = tokens.owner): Promise<Listed[]> =>
  (await rig.ask('GET', '/api/v1/sessions', { token })).body;
const statusOf = async (cookie: string) => (await visitors.get('/runs', cookie)).status;

test('the server keeps no secret, only a digest, and whose it is', async () => {
  const cookie = await visitors.logIn(tokens.viewer);
  const [kept] = await rig.query<{ name: string; digest: string }>('SELECT * FROM admin_sessions');
  expect(kept?.name).toBe('desk');
  const [, secret = ''] = cookie.split('=');
  expect(secret).toMatch(/^[\w-]{43}$/);
  for (const text of [secret, tokens.viewer]) expect(JSON.stringify(kept)).not.toContain(text);
  // Who reads the table can't come in with what stands in it.
  expect(await statusOf(`siaran_session=${kept?.digest}`)).toBe(303);
});

test('logging out ends it on the server too, for viewers as well', async () => {
  const cookie = await visitors.logIn(tokens.viewer);
  expect(await statusOf(cookie)).toBe(200);
  const out = await visitors.post('/logout', {}, cookie);
  expect(out.status).toBe(303);
  expect(out.headers.getSetCookie()[0]).toMatch(/^siaran_session=;/);
  expect(await statusOf(cookie)).toBe(303);
  expect(await listed()).toEqual([]);
});

test('logging in again ends the session that the browser had', async () => {
  const first = await visitors.logIn(tokens.viewer);
  const again = cookieOf(await visitors.post('/login', { token: tokens.operator }, first), 'siaran_session');
  expect([await statusOf(first), await statusOf(again)]).toEqual([303, 200]);
});

test.each(["opened_at = now() - interval '12 hours'", "used_at = now() - interval '1 hour'"])(
  'it ends by itself: %s',
  async (aged) => {
    const cookie = await visitors.logIn(tokens.operator);
    await rig.query(`UPDATE admin_sessions SET ${aged}`);
    expect(await statusOf(cookie)).toBe(303);
    expect(await listed()).toEqual([]);
  },
);

test('what its user does keeps it open, and what a page asks by itself does not', async () => {
  const cookie = await visitors.logIn(tokens.operator);
  const usedAgo = async () => {
    const [row] = await rig.query<{ s: number }>(
      'SELECT extract(epoch FROM now() - used_at)::int AS s FROM admin_sessions',
    );
    return row?.s;
  };
  await rig.query("UPDATE admin_sessions SET used_at = now() - interval '59 minutes'");
  const headers = { Accept: 'text/html', Cookie: cookie, 'Sec-Fetch-Dest': 'empty' };
  expect((await rig.ask('GET', '/runs', { token: null, headers })).status).toBe(200);
  expect(await usedAgo()).toBeGreaterThan(3_000);
  expect(await statusOf(cookie)).toBe(200);
  expect(await usedAgo()).toBeLessThan(600);
});

test('a token that is taken away or changed ends its sessions, and another of the same name does not', async () => {
  const cookie = await visitors.logIn(tokens.operator);
  const [ada, desk] = people;
  if (!ada || !desk) throw new Error('nobody is known');
  const seen = async (known: typeof people) => {
    const app = await buildAdmin(rig.ctx, known);
    const { statusCode } = await app.inject({ url: '/api/v1/runs', headers: { cookie } });
    await app.close();
    return statusCode;
  };
  const newer = { ...ada, token: '0f9d3c5b7a1e48268d4c6b90e2f7a513' };
  expect(await seen([newer, ada])).toBe(200);
  expect(await seen([newer, desk])).toBe(401);
});

test('sessions are listed and ended: an owner sees all, others what is theirs', async () => {
  const viewing = await visitors.logIn(tokens.viewer);
  const operating = await visitors.logIn(tokens.operator);
  expect((await listed()).map(({ name }) => name).sort()).toEqual(['ada', 'desk']);
  const own = await listed(tokens.viewer);
  expect(own).toMatchObject([{ name: 'desk', address: '127.0.0.1' }]);
  const [ofAda] = (await listed()).filter(({ name }) => name === 'ada');
  const path = `/api/v1/sessions/${ofAda?.id}`;
  expect((await listed(tokens.operator)).map(({ name }) => name)).toEqual(['ada']);
  expect((await rig.ask('DELETE', path, { token: tokens.viewer })).status).toBe(404);
  expect(await statusOf(operating)).toBe(200);
  expect((await rig.ask('DELETE', path, { token: tokens.owner })).status).toBe(204);
  expect(await statusOf(operating)).toBe(303);
  const page = await visitors.get('/sessions', viewing);
  expect(page.text).toContain('this browser');
  expect((await visitors.post(`/sessions/${own[0]?.id}/end`, {}, viewing)).status).toBe(303);
  expect(await statusOf(viewing)).toBe(303);
});

test('what concerns how people come in takes that its user has shown within 15 minutes who they are', async () => {
  const cookie = await visitors.logIn(tokens.owner);
  const invite = (name: string, more = {}) => visitors.post('/users', { name, role: 'viewer' }, cookie, more);
  expect((await invite('early')).status).toBe(200);
  await rig.query("UPDATE admin_sessions SET proven_at = now() - interval '15 minutes'");
  const [ofHead] = (await listed()).filter(({ name }) => name === 'head');
  const referer = { Referer: `${rig.url}/users` };
  const late = await invite('late', referer);
  expect([late.status, late.headers.get('location')]).toEqual([303, '/login?again=yes&next=%2Fusers']);
  const elsewhere = await invite('late', { Referer: 'https://elsewhere.example/x' });
  expect(elsewhere.headers.get('location')).toBe('/login?again=yes&next=%2Fruns');
  const headers = { Cookie: cookie };
  const byScript = await rig.ask('DELETE', `/api/v1/sessions/${ofHead?.id}`, { token: null, headers });
  expect(byScript).toMatchObject({ status: 403, body: { code: 'LOG_IN_AGAIN' } });
  expect(await rig.query('SELECT name FROM admin_users')).toEqual([{ name: 'early' }]);
  // Everything else goes on, and a program shows its token each time.
  expect((await visitors.get('/users', cookie)).status).toBe(200);
  expect((await visitors.post('/stop', { confirm: 'yes' }, cookie, referer)).headers.get('location')).not.toContain(
    'login',
  );
  await rig.siaran.go();
  const json = { name: 'by-program', role: 'viewer' };
  expect((await rig.ask('POST', '/api/v1/users', { token: tokens.owner, json })).status).toBe(201);
  const asked = await visitors.get('/login?again=yes&next=%2Fusers', cookie);
  expect([asked.status, asked.text]).toEqual([200, expect.stringContaining('show again who you are')]);
  const again = await visitors.post('/login', { token: tokens.owner, next: '/users' }, cookie);
  expect(again.headers.get('location')).toBe('/users');
  const newer = cookieOf(again, 'siaran_session');
  expect((await visitors.post('/users', { name: 'late', role: 'viewer' }, newer)).status).toBe(200);
  expect(await statusOf(cookie)).toBe(303);
});

test('by https the cookie is one that no other host can set', async () => {
  const https = { 'X-Forwarded-Proto': 'https' };
  const answer = await visitors.post('/login', { token: tokens.viewer }, '', https);
  const [set = ''] = answer.headers.getSetCookie();
  expect(set).toMatch(/^__Host-siaran_session=[\w-]+; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
  const [cookie = ''] = set.split(';');
  const get = (Cookie: string) => rig.ask('GET', '/api/v1/runs', { token: null, headers: { Cookie, ...https } });
  expect((await get(cookie)).status).toBe(200);
  expect((await get(cookie.replace('__Host-', ''))).status).toBe(401);
});

test('while Postgres is away, a browser that was let in before still sees what is the matter', async () => {
  const cookie = await visitors.logIn(tokens.operator);
  const proxy = await startSilentProxy(rig.databaseUrl);
  const ctx = openContext(parseConfig({ ...rig.env, DATABASE_URL: proxy.through(rig.databaseUrl) }));
  const app = await buildAdmin(ctx, people);
  const look = async (with_: string) =>
    (await app.inject({ url: '/health', headers: { accept: 'text/html', cookie: with_ } })).statusCode;
  try {
    expect(await look(cookie)).toBe(200);
    proxy.close();
    expect(await look(cookie)).toBe(200);
    expect(await look('siaran_session=unknown')).toBe(503);
  } finally {
    await app.close();
    await ctx.close();
  }
});
