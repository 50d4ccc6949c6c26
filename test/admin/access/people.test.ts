import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Access } from '../../../src/admin/access/access.js';
import { acceptInvitation, inviteAgain } from '../../../src/pipeline/people/invitations.js';
import { issueToken, revokeToken } from '../../../src/pipeline/people/tokens.js';
import { giveRole, revokeUser } from '../../../src/pipeline/people/users.js';
import { type AdminRig, startAdminRig, tokens } from '../../support/admin.js';
import { inviteUser } from '../invite-user.js';
import { cookieOf, openVisitors, type Visitors } from '../visitors.js';

/** People who come in by name and password, and the programs of theirs. */
let rig: AdminRig;
let visitors: Visitors;
let password: string;
const name = 'wira';

beforeAll(async () => {
  rig = await startAdminRig({ env: { SIARAN_ACTOR: 'the test' } });
  visitors = await openVisitors(rig);
});
beforeEach(async () => {
  await rig.query('TRUNCATE admin_users, admin_service_tokens, admin_recovery_codes, admin_sessions');
  ({ password } = await inviteUser(rig.ctx, name, 'operator'));
});
afterAll(() => rig.close());

const logIn = (token: string, as = name) => visitors.post('/login', { name: as, token }, '');
const cookie = async () => cookieOf(await logIn(password), 'siaran_session');
const seen = async (session: string) => (await visitors.get('/runs', session)).status;
const change = async (options: { token?: string; headers?: Record<string, string> }) =>
  (await rig.ask('POST', '/api/v1/holds/resume', { token: null, json: {}, ...options } as never)).status;
const token = async (expiresAt = new Date(Date.now() + 60_000)) =>
  issueToken(rig.ctx, { name, label: 'crm', expiresAt });

test('somebody logs in by name and password, and the audit log has their name', async () => {
  const session = await cookie();
  expect((await visitors.get('/runs', session)).text).toMatch(/<b>wira<\/b> <span class="role">operator/);
  expect(await change({ headers: { Cookie: session } })).toBeLessThan(500);
  const { body } = await rig.ask('GET', '/api/v1/audit?limit=3');
  expect(body.items.map(({ text }: { text: string }) => text)).toEqual([
    'wira let every held account send again',
    expect.stringMatching(/^wira logged in from ".+" by password$/),
    'the test invited user "wira" as operator',
  ]);
});

test('a user who has the name of a token is somebody else: in the audit log, and in the list of sessions', async () => {
  await inviteUser(rig.ctx, 'desk', 'operator');
  // On another machine SIARAN_ADMIN_TOKEN may have a token of the same name: here it is a viewer's.
  const { token: secret } = await issueToken(rig.ctx, {
    name: 'desk',
    label: 'crm',
    expiresAt: new Date(Date.now() + 60_000),
  });
  const viewing = await visitors.logIn(tokens.viewer);
  expect(await change({ token: secret })).toBeLessThan(300);
  expect((await visitors.post('/sessions/unknown/end', {}, viewing)).status).toBe(404);
  const { body } = await rig.ask('GET', '/api/v1/audit?actor=desk&limit=2', { token: tokens.owner });
  expect(body.items).toMatchObject([
    { actorKind: 'token', text: expect.stringMatching(/^desk \(token\) ended session/) },
    { actorKind: 'user', text: 'desk let every held account send again' },
  ]);
  expect((await rig.ask('GET', '/api/v1/sessions', { token: secret })).body).toEqual([]);
  expect((await rig.ask('GET', '/api/v1/sessions', { token: tokens.viewer })).body).toHaveLength(1);
});

test('a browser that asks costs one statement, whoever it is', async () => {
  const headers = { Cookie: await cookie() };
  const asked: string[] = [];
  const db = new Proxy(rig.ctx.db, {
    get(target, name) {
      if (name === '$queryRaw' || name === 'adminUser' || name === 'adminSession') asked.push(String(name));
      const value = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const access = new Access(db, []);
  expect(await access.actorOfSession(headers.Cookie.split('=')[1] ?? '', true)).toMatchObject({ name });
  expect(asked).toEqual(['$queryRaw']);
});

test('neither the password nor a token is kept', async () => {
  const { token: secret } = await token();
  const kept = JSON.stringify([
    await rig.query('SELECT * FROM admin_users'),
    await rig.query('SELECT * FROM admin_service_tokens'),
    await rig.query('SELECT * FROM audit_entries'),
  ]);
  for (const text of [password, secret, secret.slice(7)]) expect(kept).not.toContain(text);
});

test('a wrong password and a wrong name are refused in the same words', async () => {
  const wrong = [await logIn('wrong'), await logIn(password, 'nobody'), await logIn('', name)];
  for (const { status, text } of wrong) {
    expect(status).toBe(401);
    expect(text).toContain('This name, password or code is wrong.');
  }
  // The name of a token of the configuration is no user's.
  expect((await logIn(password, 'ada')).status).toBe(401);
});

test('another role ends the sessions, and counts in the next one', async () => {
  const headers = { Cookie: await cookie() };
  expect(await change({ headers })).not.toBe(403);
  await giveRole(rig.ctx, name, 'viewer');
  expect(await change({ headers })).toBe(401);
  expect(await change({ headers: { Cookie: await cookie() } })).toBe(403);
});

test('whoever is revoked comes in no more: sessions, tokens and the password are good for nothing', async () => {
  const session = await cookie();
  const { token: secret } = await token();
  expect([await seen(session), (await rig.ask('GET', '/api/v1/runs', { token: secret })).status]).toEqual([200, 200]);
  await revokeUser(rig.ctx, name);
  expect([await seen(session), (await rig.ask('GET', '/api/v1/runs', { token: secret })).status]).toEqual([303, 401]);
  expect((await logIn(password)).status).toBe(401);
  await expect(inviteUser(rig.ctx, name, 'viewer')).rejects.toThrow('There is a user wira already, or was');
});

test('another password ends the sessions of the old one', async () => {
  const session = await cookie();
  const { path } = await inviteAgain(rig.ctx, name);
  const [other, secret = ''] = ['nobody guesses this one', path.split('=')[1]];
  expect(await seen(session)).toBe(200);
  expect(await acceptInvitation(rig.ctx, { secret, password: other })).toBe(name);
  expect(await seen(session)).toBe(303);
  expect((await logIn(password)).status).toBe(401);
  expect((await logIn(other)).status).toBe(303);
});

test('a service token may what its user may, until it expires or is revoked', async () => {
  const good = await token();
  expect(good.token).toMatch(/^siaran_[\w-]{43}$/);
  expect(await change({ token: good.token })).not.toBe(403);
  await giveRole(rig.ctx, name, 'analyst');
  expect(await change({ token: good.token })).toBe(403);
  const [kept] = await rig.query('SELECT used_at FROM admin_service_tokens');
  expect(kept?.used_at).not.toBeNull();
  const asks = async (bearer: string) => (await rig.ask('GET', '/api/v1/runs', { token: bearer })).status;
  expect(await asks((await token(new Date(Date.now() - 1_000))).token)).toBe(401);
  expect(await asks(good.token)).toBe(200);
  await revokeToken(rig.ctx, good.id);
  expect(await asks(good.token)).toBe(401);
  // It is for programs: nobody logs in with it.
  expect((await visitors.post('/login', { token: (await token()).token }, '')).status).toBe(401);
});

test.each(['ada', 'local', 'Siaran', 'admin', 'a b', ''])('the name %j is refused', async (wrong) => {
  const ctx = {
    ...rig.ctx,
    config: { ...rig.ctx.config, adminTokens: [{ name: 'ada', role: 'viewer', token: 'x' } as const] },
  };
  await expect(inviteUser(ctx, wrong, 'viewer')).rejects.toThrow(/A name has|stands for somebody else/);
});
