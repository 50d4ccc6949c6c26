import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { buildAdmin } from '../../../src/admin/server.js';
import { inviteByLink } from '../../../src/pipeline/people/invitations.js';
import { giveEmail, giveRole, revokeUser } from '../../../src/pipeline/people/users.js';
import { asViewer, people } from '../../support/admin.js';
import { type Rig, startRig } from '../../support/rig.js';
import { type Lie, startLiar } from '../../support/servers/lying-provider.js';
import { client, type LocalProvider, startProvider } from '../../support/servers/openid-provider.js';

/** Coming in by OpenID Connect, with a real provider on this machine. */
const adminUrl = 'http://siaran.test';
const path = '/login/openid';
let rig: Rig;
let provider: LocalProvider;
let app: Awaited<ReturnType<typeof buildAdmin>>;

const adminOf = (issuer: string, settings: object = {}) =>
  buildAdmin(
    {
      ...rig.ctx,
      config: {
        ...rig.ctx.config,
        adminUrl,
        oidc: { issuer, clientId: client.id, clientSecret: client.secret, ...settings },
      },
    },
    people,
  );

beforeAll(async () => {
  rig = await startRig();
  provider = await startProvider(adminUrl + path);
});
beforeEach(async () => {
  await rig.query('TRUNCATE admin_users, admin_service_tokens, admin_recovery_codes, admin_sessions, admin_allowances');
  app = await adminOf(provider.issuer);
  await inviteByLink(rig.ctx, { name: 'wira', role: 'analyst', email: 'wira@example.com' });
  provider.account = { sub: 'sub-1', email: 'Wira@example.com', email_verified: true };
});
afterAll(async () => {
  await provider.close();
  await rig.close();
});

type At = typeof app;
type Cookies = Map<string, string>;

const cookieHeader = (cookies: Cookies) => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
function keep(cookies: Cookies, set: readonly string[]): void {
  for (const text of set) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? [];
    cookies.set(name, value);
  }
}

async function ask(at: At, url: string, cookies: Cookies, more: Record<string, string> = {}) {
  const headers = { accept: 'text/html', cookie: cookieHeader(cookies), ...more };
  const answer = await at.inject({ url, headers });
  const set = answer.headers['set-cookie'] ?? [];
  keep(cookies, typeof set === 'string' ? [set] : set);
  return { status: answer.statusCode, text: answer.body, location: String(answer.headers.location ?? ''), set };
}

/** What a browser does at the provider. @returns the address that it is sent back to */
async function atProvider(url: string): Promise<string> {
  const cookies: Cookies = new Map();
  for (let next = url; ; ) {
    const answer = await fetch(next, { redirect: 'manual', headers: { cookie: cookieHeader(cookies) } });
    await answer.text();
    keep(cookies, answer.headers.getSetCookie());
    const location = answer.headers.get('location');
    if (location === null) throw new Error(`the provider leads nowhere: ${answer.status} at ${next}`);
    next = new URL(location, next).href;
    if (next.startsWith(adminUrl)) return next.slice(adminUrl.length);
  }
}

/** All of it, as a browser does it. */
async function comeIn(at: At = app, cookies: Cookies = new Map()) {
  const begun = await ask(at, `${path}/begin?next=%2Faudit`, cookies);
  const back = await atProvider(begun.location);
  return { begun, back, cookies, answer: await ask(at, back, cookies) };
}

const kept = async () => rig.query('SELECT oidc_issuer, oidc_subject FROM admin_users WHERE oidc_subject IS NOT NULL');
const whoIs = async (cookies: Cookies) => (await ask(app, '/runs', cookies)).text;

test('whoever an owner has made comes in by their e-mail address, and their role is ours', async () => {
  const page = await ask(app, '/login?next=%2Faudit', new Map());
  expect(page.text).toContain(`href="${path}/begin?next=%2Faudit"`);
  const { begun, answer, cookies } = await comeIn();
  const asked = new URL(begun.location).searchParams;
  expect(Object.fromEntries(asked)).toMatchObject({
    response_type: 'code',
    code_challenge_method: 'S256',
    scope: 'openid email',
  });
  for (const name of ['state', 'nonce', 'code_challenge']) expect(asked.get(name)?.length).toBeGreaterThan(30);
  expect(String(begun.set)).toMatch(/siaran_openid=[^;]+; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax/);
  expect(answer).toMatchObject({ status: 200, text: expect.stringContaining('content="0; url=/audit"') });
  expect(await whoIs(cookies)).toMatch(/<b>wira<\/b> <span class="role">analyst/);
  expect(await kept()).toEqual([{ oidc_issuer: provider.issuer, oidc_subject: 'sub-1' }]);
  await giveRole(rig.ctx, 'wira', 'viewer');
  expect(await whoIs(cookies)).not.toContain('wira');
  expect(await whoIs((await comeIn()).cookies)).toMatch(/<span class="role">viewer/);
});

test('logging out ends our session, and to be revoked ends it too', async () => {
  const { cookies } = await comeIn();
  const headers = { cookie: cookieHeader(cookies) };
  expect((await app.inject({ method: 'POST', url: '/logout', headers })).statusCode).toBe(303);
  expect(await whoIs(cookies)).not.toContain('wira');
  const again = await comeIn();
  expect(await whoIs(again.cookies)).toContain('wira');
  await revokeUser(rig.ctx, 'wira');
  expect(await whoIs(again.cookies)).not.toContain('wira');
  expect((await comeIn()).answer.status).toBe(403);
});

test('the subject counts once it is bound: another one with the same address is refused', async () => {
  await comeIn();
  provider.account = { sub: 'sub-1', email: 'moved@example.com', email_verified: true };
  expect((await comeIn()).answer.status).toBe(200);
  provider.account = { sub: 'sub-2', email: 'wira@example.com', email_verified: true };
  const { answer, cookies } = await comeIn();
  expect(answer).toMatchObject({ status: 403, text: expect.stringContaining('No user here belongs to your login') });
  expect(await whoIs(cookies)).not.toContain('wira');
  // Until an owner says so.
  await giveEmail(rig.ctx, 'wira', 'wira@example.com');
  expect((await comeIn()).answer.status).toBe(200);
  expect(await kept()).toMatchObject([{ oidc_subject: 'sub-2' }]);
});

test.each([
  { sub: 'sub-1', email: 'wira@example.com', email_verified: false },
  { sub: 'sub-1', email: 'wira@example.com' },
  { sub: 'sub-1', email: 'other@example.com', email_verified: true },
  { sub: 'sub-1' },
])('%j comes in as nobody', async (account) => {
  provider.account = account;
  expect((await comeIn()).answer.status).toBe(403);
  expect(await kept()).toEqual([]);
});

test('a link of another site begins no login: it leads to the page that asks', async () => {
  const cookies: Cookies = new Map();
  const begun = await ask(app, `${path}/begin?next=%2Faudit`, cookies, { 'sec-fetch-site': 'cross-site' });
  expect(begun).toMatchObject({ status: 200, location: '' });
  expect(begun.text).toContain(`href="${path}/begin?next=%2Faudit"`);
  expect([...cookies]).toEqual([]);
});

test('what the provider hands out stays in this process', async () => {
  const { answer, cookies } = await comeIn();
  const { text } = await ask(app, '/runs', cookies);
  const rows = await rig.query('SELECT * FROM admin_users, admin_sessions');
  // A signed token begins with `{"alg":` in base64.
  for (const told of [answer.text, String(answer.set), text, JSON.stringify(rows)])
    expect(told).not.toContain('eyJhbGci');
  expect([...cookies.keys()].sort()).toEqual(['siaran_known', 'siaran_openid', 'siaran_session']);
  expect(cookies.get('siaran_openid')).toBe('');
});

test('of two first logins with one address, one subject is bound', async () => {
  const { userOfSubject } = await import('../../../src/pipeline/people/subjects.js');
  const issuer = provider.issuer;
  const both = ['a', 'b'].map((subject) => userOfSubject(rig.ctx, { issuer, subject }, 'wira@example.com'));
  expect((await Promise.all(both)).filter((user) => user !== undefined)).toHaveLength(1);
  const same = [1, 2].map(async () =>
    userOfSubject(rig.ctx, { issuer, subject: (await kept())[0]?.oidc_subject as string }, undefined),
  );
  expect(await Promise.all(same)).toMatchObject([{ name: 'wira' }, { name: 'wira' }]);
});

test('what another browser began, or what was used, lets nobody in', async () => {
  const { back } = await comeIn();
  const stranger: Cookies = new Map();
  expect(await ask(app, back, stranger)).toMatchObject({ status: 400, text: expect.stringContaining('Begin again') });
  await ask(app, `${path}/begin`, stranger);
  expect((await ask(app, back, stranger)).status).toBe(502);
  expect(await whoIs(stranger)).not.toContain('wira');
  const own: Cookies = new Map();
  const begun = await ask(app, `${path}/begin`, own);
  const before = new Map(own);
  const mine = await atProvider(begun.location);
  expect((await ask(app, mine, own)).status).toBe(200);
  // The code was used up, whatever the browser still has.
  expect((await ask(app, mine, before)).status).toBe(502);
});

test('a provider that refuses, that does not know us, or that is away: a page says so, without insides', async () => {
  const begun: Cookies = new Map();
  const { location } = await ask(app, `${path}/begin`, begun);
  const state = new URL(location).searchParams.get('state');
  const refused = await ask(
    app,
    `${path}?error=access_denied&state=${state}&iss=${encodeURIComponent(provider.issuer)}`,
    begun,
  );
  const wrongSecret = await adminOf(provider.issuer, { clientSecret: 'another' });
  const unknown = (await comeIn(wrongSecret)).answer;
  const away = await adminOf('http://127.0.0.1:1');
  const gone = await ask(away, `${path}/begin`, new Map());
  for (const answer of [refused, unknown, gone]) {
    expect(answer).toMatchObject({ status: 502, text: expect.stringContaining('<form class="login"') });
    expect(answer.text).not.toMatch(/Error\b|node:|oauth4webapi|ECONNREFUSED/);
  }
  const figures = await away.inject({ url: '/metrics', headers: asViewer });
  expect(figures.body).toMatch(/^siaran_logins_refused_total\{way="oidc"\} 1$/m);
  await away.close();
  await wrongSecret.close();
});

test('a provider that lies lets nobody in', async () => {
  const liar = await startLiar(client, { sub: 'sub-1', email: 'wira@example.com', email_verified: true });
  const told = async (lie: Lie) => {
    liar.lie = lie;
    const cookies: Cookies = new Map();
    const at = await adminOf(liar.issuer);
    const begun = await ask(at, `${path}/begin`, cookies);
    const asked = begun.location === '' ? undefined : new URL(begun.location).searchParams;
    liar.nonce = asked?.get('nonce') ?? '';
    const { status } = asked ? await ask(at, `${path}?code=x&state=${asked.get('state')}`, cookies) : begun;
    await at.close();
    return [status, (await whoIs(cookies)).includes('<b>wira</b>')];
  };
  const hourAgo = Math.floor(Date.now() / 1_000) - 3_600;
  const lies: Lie[] = [
    { claims: { iss: 'http://127.0.0.1:1' } },
    { claims: { aud: 'another client' } },
    { claims: { nonce: 'of another login' } },
    { claims: { exp: hourAgo } },
    { isForged: true },
    { algorithm: 'none' },
    { algorithm: 'HS256' },
    { issuerOfItself: 'https://login.example.com' },
  ];
  for (const lie of lies) expect([lie, await told(lie)]).toEqual([lie, [502, false]]);
  expect(await told({})).toEqual([200, true]);
  await liar.close();
});

test('an admin without a provider offers none', async () => {
  const plain = await buildAdmin(rig.ctx, people);
  expect((await ask(plain, '/login', new Map())).text).not.toContain(path);
  expect((await ask(plain, `${path}/begin`, new Map())).location).toMatch(/^\/login\?next=/);
  await plain.close();
});
