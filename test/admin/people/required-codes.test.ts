import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { OneTimeLink } from '../../../src/admin/access/one-time-link.js';
import { buildAdmin } from '../../../src/admin/server.js';
import { fromBase32, totpCode } from '../../../src/domain/people/totp.js';
import { resetTotp } from '../../../src/pipeline/people/second-factor.js';
import { issueToken } from '../../../src/pipeline/people/tokens.js';
import { type AdminRig, people, startAdminRig, tokens } from '../../support/admin.js';
import { inviteUser } from '../invite-user.js';
import { cookieOf, openVisitors, type Visitors } from '../visitors.js';

/** `SIARAN_SECOND_FACTOR=required`: a password alone lets nobody do anything but set up codes. */
let rig: AdminRig;
let visitors: Visitors;
let password: string;
let name: string;
let users = 0;

beforeAll(async () => {
  rig = await startAdminRig({ env: { SIARAN_SECOND_FACTOR: 'required' } });
  visitors = await openVisitors(rig);
});
beforeEach(async () => {
  users += 1;
  name = `user${users}`;
  ({ password } = await inviteUser(rig.ctx, name, 'owner'));
});
afterAll(() => rig.close());

const session = async (code = '') =>
  cookieOf(await visitors.post('/login', { name, token: password, code }, ''), 'siaran_session');
const codeOf = (secret: string, ahead = 0) => totpCode(fromBase32(secret), Math.floor(Date.now() / 30_000) + ahead);

async function setUp(cookie: string): Promise<string> {
  const { text } = await visitors.post('/account/totp', { password }, cookie);
  const [, secret = ''] = /value="([A-Z2-7]{32})"/.exec(text) ?? [];
  expect((await visitors.post('/account/totp/confirm', { code: codeOf(secret) }, cookie)).status).toBe(200);
  return secret;
}

test('whoever logs in by a password alone sees and does nothing until they have set up codes', async () => {
  const cookie = await session();
  for (const path of ['/runs', '/users', '/audit', '/sessions', '/queues']) {
    const answer = await visitors.get(path, cookie);
    expect([path, answer.status, answer.headers.get('location')]).toEqual([path, 303, '/account']);
  }
  const headers = { cookie, accept: 'application/json' };
  const asked = await rig.ask('GET', '/api/v1/runs', { token: null, headers });
  expect(asked).toMatchObject({ status: 403, body: { code: 'SECOND_FACTOR' } });
  expect((await visitors.post('/users', { name: 'somebody', role: 'owner' }, cookie)).status).toBe(403);
  await rig.siaran.stopAll();
  const page = await visitors.get('/account', cookie);
  expect(page.text).toContain('Here each password needs a code');
  expect(page.text).not.toMatch(/Everything is stopped|stopped by/i);
  await setUp(cookie);
  const runs = await visitors.get('/runs', cookie);
  expect([runs.status, runs.text]).toEqual([200, expect.stringMatching(/stopped/i)]);
  await rig.siaran.go();
  expect((await visitors.get('/account', cookie)).text).not.toContain('Here each password needs a code');
});

test('codes stay on, and whoever loses them to an owner sets them up again', async () => {
  const cookie = await session();
  const secret = await setUp(cookie);
  expect((await visitors.get('/account', cookie)).text).not.toContain('Switch codes off');
  const off = await visitors.post('/account/totp/off', { code: codeOf(secret, 1) }, cookie);
  expect(off).toMatchObject({ status: 400, text: expect.stringContaining('codes stay on') });
  await resetTotp(rig.ctx, name);
  expect((await visitors.get('/runs', cookie)).headers.get('location')).toMatch(/^\/login/);
  expect((await visitors.get('/runs', await session())).headers.get('location')).toBe('/account');
});

test('tokens of programs, and of the configuration, need none', async () => {
  const expiresAt = new Date(Date.now() + 3_600_000);
  const { token } = await issueToken(rig.ctx, { name, label: 'nightly', expiresAt });
  expect((await rig.ask('GET', '/api/v1/runs', { token })).status).toBe(200);
  expect((await rig.ask('GET', '/api/v1/runs', { token: tokens.operator })).status).toBe(200);
});

test('a token of the configuration is for programs only, whenever its browser has logged in', async () => {
  const refused = await visitors.post('/login', { token: tokens.owner }, '');
  expect([refused.status, refused.headers.getSetCookie()]).toEqual([403, []]);
  expect(refused.text).toContain('siaran user invite NAME --role owner');
  const optional = { ...rig.ctx, config: { ...rig.ctx.config, needsSecondFactor: false } };
  const before = await buildAdmin(optional, people);
  const link = new OneTimeLink({ name: 'head', role: 'owner', token: tokens.owner });
  const now = await buildAdmin(rig.ctx, people, { link });
  const answer = await before.inject({ method: 'POST', url: '/login', payload: { token: tokens.owner } });
  const headers = { cookie: String(answer.headers['set-cookie']).split(';')[0] ?? '' };
  const [seen, refusedNow, byLink] = [
    await before.inject({ url: '/api/v1/runs', headers }),
    await now.inject({ url: '/api/v1/runs', headers }),
    await now.inject({ url: link.path() ?? '' }),
  ];
  expect([seen.statusCode, refusedNow.statusCode, byLink.statusCode]).toEqual([200, 401, 403]);
  await before.close();
  await now.close();
});

test('owners see who has none', async () => {
  const cookie = await session();
  await setUp(cookie);
  await inviteUser(rig.ctx, 'without', 'viewer');
  const { text } = await visitors.get('/users', cookie);
  expect(text).toContain('password without a code');
});

test("an owner's token changes nothing of how people come in, and goes on to do all else", async () => {
  await setUp(await session());
  const made = await issueToken(rig.ctx, { name, label: 'crm', expiresAt: new Date(Date.now() + 86_400_000) }, 'admin');
  const { token } = made;
  for (const path of [`/users/${name}/totp/reset`, `/users/${name}/link`, `/users/${name}/revoke`])
    expect(await rig.ask('POST', `/api/v1${path}`, { token })).toMatchObject({ status: 403, body: { code: 'ROLE' } });
  const { status } = await rig.ask('POST', `/api/v1/users/${name}/tokens`, { token, json: { label: 'more', days: 9 } });
  expect(status).toBe(403);
  expect((await rig.ask('GET', '/api/v1/users', { token })).status).toBe(200);
});
