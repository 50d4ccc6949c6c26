import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { buildAdmin } from '../../../src/admin/server.js';
import { inviteByLink } from '../../../src/pipeline/people/invitations.js';
import { people } from '../../support/admin.js';
import { eventually, type Rig, startRig } from '../../support/rig.js';
import { startLiar } from '../../support/servers/lying-provider.js';
import { client } from '../../support/servers/openid-provider.js';

/** What a browser can do with the cookie that it keeps, and how often a stranger makes us ask the provider. */
const path = '/login/openid';
let rig: Rig;
let provider: Awaited<ReturnType<typeof startLiar>>;
let app: Awaited<ReturnType<typeof buildAdmin>>;

beforeAll(async () => {
  rig = await startRig();
  provider = await startLiar(client, { sub: 'sub-1', email: 'wira@example.com', email_verified: true });
  await inviteByLink(rig.ctx, { name: 'wira', role: 'viewer', email: 'wira@example.com' });
});
beforeEach(async () => {
  await rig.query('DELETE FROM admin_allowances');
  const oidc = { issuer: provider.issuer, clientId: client.id, clientSecret: client.secret };
  app = await buildAdmin({ ...rig.ctx, config: { ...rig.ctx.config, adminUrl: 'http://siaran.test', oidc } }, people);
});
afterEach(() => app.close());
afterAll(async () => {
  await provider.close();
  await rig.close();
});

const cookieOf = (kept: object) => `siaran_openid=${Buffer.from(JSON.stringify(kept)).toString('base64url')}`;

/** Comes in with what the browser kept, and something else in it. */
async function comeIn(changed: object) {
  const begun = await app.inject({ url: `${path}/begin` });
  const [, value = ''] = /siaran_openid=([^;]+)/.exec(String(begun.headers['set-cookie'])) ?? [];
  const kept = JSON.parse(Buffer.from(value, 'base64url').toString());
  provider.nonce = kept.nonce;
  const headers = { accept: 'text/html', cookie: cookieOf({ ...kept, ...changed }) };
  return app.inject({ url: `${path}?code=x&state=${kept.state}`, headers });
}

test('an address that has failed too often makes us ask the provider no more', async () => {
  const before = provider.tokensAsked;
  const headers = {
    accept: 'text/html',
    cookie: cookieOf({ state: 'a', nonce: 'b', verifier: 'v'.repeat(43), next: '/' }),
  };
  const statuses: number[] = [];
  const ask = async () => {
    const { statusCode } = await app.inject({ url: `${path}?code=x&state=a`, headers });
    statuses.push(statusCode);
  };
  let answer = () => {};
  provider.answers = new Promise((resolve) => {
    answer = resolve;
  });
  const all = Array.from({ length: 30 }, ask);
  await eventually(
    async () => statuses.length,
    (answered) => answered === 20,
  );
  expect(new Set(statuses)).toEqual(new Set([503]));
  answer();
  await Promise.all(all);
  expect(statuses.slice(20)).toEqual(Array(10).fill(502));
  expect(provider.tokensAsked - before).toBe(10);
  await ask();
  expect(statuses.at(-1)).toBe(429);
  expect(provider.tokensAsked - before).toBe(10);
});

test('pages of others that send a browser here without a login keep nobody out', async () => {
  const remoteAddress = '203.0.113.9';
  for (let at = 0; at < 30; at += 1)
    expect((await app.inject({ url: path, remoteAddress, headers: { accept: 'text/html' } })).statusCode).toBe(400);
  const wrong = { cookie: cookieOf({ state: 'a', nonce: 'b', verifier: 'v'.repeat(43), next: '/' }) };
  const asked = await app.inject({ url: `${path}?code=x&state=a`, remoteAddress, headers: wrong });
  expect(asked.statusCode).toBe(502);
});

test('a program with a wrong token keeps nobody of its address out', async () => {
  const headers = { authorization: 'Bearer wrong' };
  for (let at = 0; at < 12; at += 1) await app.inject({ url: '/api/v1/runs', headers });
  expect((await app.inject({ url: '/api/v1/runs', headers })).statusCode).toBe(429);
  expect((await comeIn({})).statusCode).toBe(200);
});

test('whoever comes in goes on to a page of ours, whatever their cookie says', async () => {
  const { body, statusCode } = await comeIn({ next: 'https://evil.example/login' });
  expect([statusCode, body.includes('url=/runs"'), body.includes('evil')]).toEqual([200, true, false]);
});

test('a session ends with the provider that it was opened by', async () => {
  const [session] = /siaran_session=[^;]+/.exec(String((await comeIn({})).headers['set-cookie'])) ?? [];
  const ask = (at: typeof app) => at.inject({ url: '/api/v1/runs', headers: { cookie: String(session) } });
  expect((await ask(app)).statusCode).toBe(200);
  const plain = await buildAdmin(rig.ctx, people);
  expect((await ask(plain)).statusCode).toBe(401);
  await plain.close();
});
