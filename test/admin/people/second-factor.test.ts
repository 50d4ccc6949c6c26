import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { fromBase32, totpCode } from '../../../src/domain/people/totp.js';
import { inviteAgain } from '../../../src/pipeline/people/invitations.js';
import { issueToken } from '../../../src/pipeline/people/tokens.js';
import { type AdminRig, startAdminRig, tokens } from '../../support/admin.js';
import { inviteUser } from '../invite-user.js';
import { cookieOf, hiddenIn, openVisitors, type Visitors } from '../visitors.js';

/** Codes of an app beside a password: set up, asked for, and lost. */
let rig: AdminRig;
let visitors: Visitors;
let password: string;
let name: string;
let users = 0;

beforeAll(async () => {
  rig = await startAdminRig({ env: { SIARAN_TRUSTED_PROXIES: '1' } });
  visitors = await openVisitors(rig);
});
// Another one each time: how often codes of one user were tried is remembered.
beforeEach(async () => {
  users += 1;
  name = `user${users}`;
  ({ password } = await inviteUser(rig.ctx, name, 'operator'));
});
afterAll(() => rig.close());

/** From another network for each test: after ten failures of one no password from there is looked at. */
const logIn = (code = '', token = password) =>
  visitors.post('/login', { name, token, code }, '', { 'X-Forwarded-For': `203.0.113.${users}` });
const session = async (code = '') => cookieOf(await logIn(code), 'siaran_session');
const isIn = async (cookie: string) => (await visitors.get('/runs', cookie)).status === 200;
/** @param ahead of how many steps from now: of a later one while the present one is used up */
const codeOf = (secret: string, ahead = 0) => totpCode(fromBase32(secret), Math.floor(Date.now() / 30_000) + ahead);
/** As if the last code had been used long ago. */
const later = () => rig.query('UPDATE admin_users SET totp_step = 0');
const sentences = async () =>
  (await rig.ask('GET', `/api/v1/audit?actor=${name}`)).body.items.map(({ text }: { text: string }) => text);

/** Sets codes up on the pages. @returns the secret, the recovery codes, and the session that did it */
async function setUp() {
  const cookie = await session();
  const { text } = await visitors.post('/account/totp', { password }, cookie);
  const [, secret = ''] = /value="([A-Z2-7]{32})"/.exec(text) ?? [];
  expect(text).toContain(`otpauth://totp/Siaran:${name}?secret=${secret}`);
  expect(text).toContain('<svg class="qr"');
  const done = await visitors.post('/account/totp/confirm', { code: codeOf(secret) }, cookie);
  const codes = [...done.text.matchAll(/<code>([A-Z2-7-]{35})<\/code>/g)].map(([, code = '']) => code);
  return { secret, codes, cookie, done };
}

test('once a user has shown a code, their password alone lets nobody in, and their other browsers are out', async () => {
  const other = await session();
  const { secret, codes, cookie, done } = await setUp();
  expect([done.status, codes.length]).toEqual([200, 10]);
  expect([await isIn(other), await isIn(cookie)]).toEqual([false, true]);
  expect(await logIn()).toMatchObject({ status: 401, text: expect.stringContaining('password or code is wrong') });
  const code = codeOf(secret, 1);
  expect(await logIn(code, 'wrong')).toMatchObject({ status: 401 });
  expect(await isIn(await session(`${code.slice(0, 3)} ${code.slice(3)}`))).toBe(true);
  expect(await sentences()).toEqual(
    expect.arrayContaining([
      `${name} switched codes for their password on`,
      `${name} began to set up codes for their password`,
    ]),
  );
});

test('a session that is being opened while codes are switched on ends with it', async () => {
  const { Access } = await import('../../../src/admin/access/access.js');
  const access = new Access(rig.ctx.db, []);
  const known = await access.knownByPassword({ name, password, code: '' }, { who: '203.0.113.9' });
  if (!known) throw new Error('the password was refused');
  await setUp();
  const late = await access.openSession(known, '203.0.113.9', 'password');
  expect(await access.actorOfSession(late, true)).toBe(undefined);
});

test('what was set up and not confirmed changes nothing, and neither password nor secret is kept in the clear', async () => {
  const cookie = await session();
  expect((await visitors.post('/account/totp', { password: 'wrong' }, cookie)).status).toBe(400);
  const { text } = await visitors.post('/account/totp', { password }, cookie);
  const [, secret = ''] = /value="([A-Z2-7]{32})"/.exec(text) ?? [];
  const kept = JSON.stringify([
    await rig.query('SELECT * FROM admin_users'),
    await rig.query('SELECT * FROM audit_entries'),
  ]);
  for (const text of [password, secret, fromBase32(secret).toString('hex')]) expect(kept).not.toContain(text);
  expect(await visitors.post('/account/totp/confirm', { code: '000000' }, cookie)).toMatchObject({ status: 400 });
  expect((await logIn()).status).toBe(303);
});

test('a code is taken once: of ten that show it at once, from one', async () => {
  const { secret } = await setUp();
  await later();
  const code = codeOf(secret);
  const { Access } = await import('../../../src/admin/access/access.js');
  const { findUser } = await import('../../../src/store/admin-users.js');
  const user = await findUser(rig.ctx.db, name);
  if (!user) throw new Error('there is no such user');
  // Each as another process has it.
  const taken = await Promise.all(Array.from({ length: 10 }, () => new Access(rig.ctx.db, []).takesCode(user, code)));
  expect(taken.filter(Boolean)).toHaveLength(1);
  expect((await logIn(code)).status).toBe(401);
  // An earlier one, which was not used, is good no more either.
  expect((await logIn(codeOf(secret, -1))).status).toBe(401);
});

test('a secret of one user opens nothing in the row of another', async () => {
  const { secret } = await setUp();
  const [first, firstPassword] = [name, password];
  name = `other${users}`;
  ({ password } = await inviteUser(rig.ctx, name, 'viewer'));
  await rig.query(
    `UPDATE admin_users SET totp_since = now(), totp_secret = (SELECT totp_secret FROM admin_users WHERE name = $1) WHERE name = $2`,
    [first, name],
  );
  await later();
  expect((await logIn(codeOf(secret))).status).toBe(401);
  [name, password] = [first, firstPassword];
  expect((await logIn(codeOf(secret))).status).toBe(303);
});

test('a recovery code lets in once, and new ones take the place of all', async () => {
  const { secret, codes, cookie } = await setUp();
  const [first = '', second = ''] = codes;
  expect(JSON.stringify(await rig.query('SELECT * FROM admin_recovery_codes'))).not.toContain(first);
  expect((await logIn(first.toLowerCase())).status).toBe(303);
  expect((await logIn(first)).status).toBe(401);
  expect((await visitors.get('/account', cookie)).text).toContain('9 recovery codes are left');
  const renewed = await visitors.post('/account/totp/codes', { code: codeOf(secret, 1) }, cookie);
  expect(renewed.text).toMatch(/<code>[A-Z2-7-]{35}<\/code>/);
  expect((await logIn(second)).status).toBe(401);
});

test('codes are switched off by a code, and by an owner', async () => {
  const { secret, cookie } = await setUp();
  expect((await visitors.post('/account/totp/off', { code: '' }, cookie)).status).toBe(400);
  expect((await logIn()).status).toBe(401);
  expect((await visitors.post('/account/totp/off', { code: codeOf(secret, 1) }, cookie)).status).toBe(303);
  expect((await logIn()).status).toBe(303);
  await setUp();
  const reset = (token: string) => rig.ask('POST', `/api/v1/users/${name}/totp/reset`, { token, json: {} });
  expect([(await reset(tokens.operator)).status, (await reset(tokens.owner)).status]).toEqual([403, 204]);
  expect((await logIn()).status).toBe(303);
  const { body } = await rig.ask('GET', '/api/v1/audit?action=totp reset&limit=1');
  expect(body.items[0].text).toBe(`head (token) took the codes from user "${name}": a password is enough`);
});

test('a link that sets another password does not take the codes away', async () => {
  const { secret } = await setUp();
  const { path } = await inviteAgain(rig.ctx, name);
  const { once = '' } = hiddenIn(await visitors.get(path, ''));
  password = 'nobody guesses these words';
  expect((await visitors.post('/invitation', { once, password, again: password }, '')).status).toBe(200);
  expect([(await logIn()).status, (await logIn(codeOf(secret, 1))).status]).toEqual([401, 303]);
});

test('a secret is shown once, and what was begun with the password is finished by no program and within ten minutes', async () => {
  const cookie = await session();
  const { text } = await visitors.post('/account/totp', { password }, cookie);
  const [, secret = ''] = /value="([A-Z2-7]{32})"/.exec(text) ?? [];
  const wrong = await visitors.post('/account/totp/confirm', { code: '000000' }, cookie);
  expect(wrong).toMatchObject({ status: 400, text: expect.stringContaining('This code is wrong') });
  expect(wrong.text).toContain('action="/account/totp/confirm"');
  expect(wrong.text).not.toContain(secret);
  const { token } = await issueToken(rig.ctx, {
    ...{ name, label: 'nightly', expiresAt: new Date(Date.now() + 3_600_000) },
  });
  const byProgram = await rig.ask('POST', '/account/totp/confirm', { token, json: { code: codeOf(secret) } });
  expect(byProgram).toMatchObject({ status: 403, body: { code: 'ROLE' } });
  await rig.query("UPDATE admin_users SET totp_begun_at = totp_begun_at - interval '10 minutes' WHERE name = $1", [
    name,
  ]);
  const late = await visitors.post('/account/totp/confirm', { code: codeOf(secret) }, cookie);
  expect(late).toMatchObject({ status: 400, text: expect.stringContaining('10 minutes ago') });
  expect((await logIn()).status).toBe(303);
  await setUp();
});

test('a token of the configuration has no account', async () => {
  expect((await visitors.get('/account')).status).toBe(404);
  expect((await visitors.post('/account/totp', { password: 'x' })).status).toBe(404);
});

test('whoever has the password and guesses codes is cut short, and a recovery code is let in all the same', async () => {
  const { secret, codes } = await setUp();
  await later();
  const { Access } = await import('../../../src/admin/access/access.js');
  // Each as another process has it.
  const known = (code: string) =>
    new Access(rig.ctx.db, []).knownByPassword({ name, password, code }, { who: '203.0.113.9' });
  for (let at = 0; at < 10; at += 1) expect(await known('12345')).toBe(undefined);
  expect(await known(codeOf(secret))).toBe(undefined);
  expect(await known(codes[0] ?? '')).toMatchObject({ actor: { name } });
});

test('whoever finds a browser open while codes are set up guesses few of them, in whatever process', async () => {
  const cookie = await session();
  const { text } = await visitors.post('/account/totp', { password }, cookie);
  const [, secret = ''] = /value="([A-Z2-7]{32})"/.exec(text) ?? [];
  const confirm = (code: string) => visitors.post('/account/totp/confirm', { code }, cookie);
  for (let at = 0; at < 10; at += 1) expect((await confirm('000000')).status).toBe(400);
  expect(await confirm(codeOf(secret))).toMatchObject({ status: 400, text: expect.stringContaining('Too many codes') });
  await rig.query("UPDATE admin_users SET totp_tries_until = now() - interval '1 second' WHERE name = $1", [name]);
  expect((await confirm(codeOf(secret))).status).toBe(200);
});

test('wrong codes count as logins that fail', async () => {
  await setUp();
  for (let at = 0; at < 11; at += 1) await logIn('123456');
  expect((await logIn('123456')).status).toBe(429);
});
