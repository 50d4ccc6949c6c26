import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { inviteAgain } from '../../../src/pipeline/people/invitations.js';
import { type AdminRig, startAdminRig } from '../../support/admin.js';
import { inviteUser } from '../invite-user.js';
import { cookieOf, openVisitors, type Visitors } from '../visitors.js';

/** Users set another password for themselves. */
let rig: AdminRig;
let visitors: Visitors;
let password: string;
const name = 'wira';
const chosen = ' nobody guesses these words ';

beforeAll(async () => {
  rig = await startAdminRig();
  visitors = await openVisitors(rig);
});
beforeEach(async () => {
  await rig.query('TRUNCATE admin_users, admin_service_tokens, admin_recovery_codes, admin_sessions, admin_allowances');
  ({ password } = await inviteUser(rig.ctx, name, 'viewer'));
});
afterAll(() => rig.close());

const logIn = (token: string) => visitors.post('/login', { name, token }, '');
const session = async (token = password) => cookieOf(await logIn(token), 'siaran_session');
const isIn = async (cookie: string) => (await visitors.get('/runs', cookie)).status === 200;
const change = (cookie: string, form: Record<string, string> = {}) =>
  visitors.post('/account/password', { password, chosen, again: chosen, ...form }, cookie);

test('a user sets another password with the one that they have, which ends their other sessions', async () => {
  const [mine, other] = [await session(), await session()];
  expect(await change(mine)).toMatchObject({ status: 303 });
  expect([await isIn(mine), await isIn(other)]).toEqual([true, false]);
  expect([(await logIn(password)).status, (await logIn(chosen)).status]).toEqual([401, 303]);
  const { body } = await rig.ask('GET', `/api/v1/audit?actor=${name}&action=own password`);
  expect(body.items).toMatchObject([{ text: 'wira set a password of their own' }]);
  const kept = JSON.stringify(await rig.query('SELECT * FROM audit_entries'));
  for (const secret of [password, chosen.trim()]) expect(kept).not.toContain(secret);
});

test.each([
  [{ password: 'another one that is long' }, 'current password is wrong'],
  [{ again: 'nobody guesses those words' }, 'not the same'],
  [{ chosen: 'short', again: 'short' }, 'fewer than 15'],
  [{ chosen: 'wira@siaran.dashboard', again: 'wira@siaran.dashboard' }, 'name or word'],
  [{ chosen: 'ManchesterUnited', again: 'ManchesterUnited' }, 'used most'],
])('%j is refused, and changes nothing', async (form, words) => {
  const [mine, other] = [await session(), await session()];
  expect(await change(mine, form)).toMatchObject({ status: 400, text: expect.stringContaining(words) });
  expect([await isIn(mine), await isIn(other), (await logIn(password)).status]).toEqual([true, true, 303]);
});

test('of two that change it at the same time, one does', async () => {
  const both = [await session(), await session()];
  const answers = await Promise.all(
    both.map((cookie, at) => change(cookie, { chosen: `${chosen}${at}`, again: `${chosen}${at}` })),
  );
  expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
});

test('a password is what was typed, with the blanks around it', async () => {
  await change(await session());
  expect([(await logIn(chosen.trim())).status, (await logIn(chosen)).status]).toEqual([401, 303]);
});

test('passwords are hidden as they are typed, and may be pasted and kept', async () => {
  const fieldsOf = async (path: string, cookie: string) => {
    const { text } = await visitors.get(path, cookie);
    expect(text).not.toContain('onpaste');
    return [...text.matchAll(/<input [^>]*name="(?:password|chosen|again|token)"[^>]*>/g)].map(([field]) => field);
  };
  const { path } = await inviteAgain(rig.ctx, name);
  const shown = [await fieldsOf('/account', await session()), await fieldsOf('/login', ''), await fieldsOf(path, '')];
  expect(shown.map((fields) => fields.length)).toEqual([4, 1, 2]);
  for (const field of shown.flat()) expect(field).toMatch(/type="password" autocomplete="(?:current|new)-password"/);
});

test('another site can set none', async () => {
  const mine = await session();
  const form = { password, chosen, again: chosen };
  expect((await visitors.post('/account/password', form, mine, { Origin: 'https://evil.test' })).status).toBe(403);
  expect((await logIn(password)).status).toBe(303);
});
