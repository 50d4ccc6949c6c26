import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { inviteByLink } from '../../../src/pipeline/people/invitations.js';
import { isPassword, ofUser } from '../../../src/pipeline/people/passwords.js';
import { giveEmail, revokeUser } from '../../../src/pipeline/people/users.js';
import { type AdminRig, startAdminRig, tokens } from '../../support/admin.js';
import { inviteUser } from '../invite-user.js';
import { cookieOf, hiddenIn, openVisitors, type Visitors } from '../visitors.js';

/** Users over HTTP: for programs, and on pages. */
let rig: AdminRig;
let visitors: Visitors;
const chosen = 'nobody guesses these words';

beforeAll(async () => {
  rig = await startAdminRig();
  visitors = await openVisitors(rig);
});
beforeEach(() => rig.query('TRUNCATE admin_users, admin_service_tokens, admin_recovery_codes, admin_sessions'));
afterAll(() => rig.close());

const ask = (method: string, path: string, json?: unknown, token: string = tokens.owner) =>
  rig.ask(method, `/api/v1${path}`, { token, ...(json !== undefined && { json }) });
const users = async () => (await ask('GET', '/users')).body;
const told = async () => (await ask('GET', '/audit?limit=1')).body.items[0].text;
const owner = () => visitors.logIn(tokens.owner);
const logIn = async (name: string, token: string) =>
  cookieOf(await visitors.post('/login', { name, token }, ''), 'siaran_session');

/** Sets a password with a link, as its reader does. */
async function accept(url: string, password = chosen, again = password) {
  const path = url.replace(rig.url, '');
  const once = hiddenIn(await visitors.get(path, '')).once ?? '';
  return visitors.post('/invitation', { once, password, again }, '');
}

test('an owner invites somebody, who sets a password and is in', async () => {
  const invited = await ask('POST', '/users', { name: 'wira', role: 'operator', email: 'Wira@Example.com' });
  expect(invited).toMatchObject({ status: 201, body: { url: expect.stringContaining(`${rig.url}/invitation?once=`) } });
  expect(await told()).toBe('head (token) invited user "wira" as operator');
  const hours = (Date.parse(invited.body.expiresAt) - Date.now()) / 3_600_000;
  expect(Math.round(hours)).toBe(24);
  expect(await users()).toMatchObject([{ name: 'wira', email: 'wira@example.com', hasPassword: false }]);
  expect(JSON.stringify(await rig.query('SELECT * FROM admin_users'))).not.toContain(invited.body.url.slice(-43));
  expect((await accept(invited.body.url)).text).toContain('Your password is set');
  expect(await told()).toBe('wira set a password of their own');
  expect(await users()).toMatchObject([{ hasPassword: true, invitedUntil: null }]);
  expect((await visitors.get('/runs', await logIn('wira', chosen))).text).toContain('<b>wira</b>');
});

test('a link is good once, for a day, and until another takes its place; to look at it uses nothing up', async () => {
  const first = (await ask('POST', '/users', { name: 'wira', role: 'viewer' })).body.url;
  const { url } = (await ask('POST', '/users/wira/link', {})).body;
  const path = url.replace(rig.url, '');
  expect(await told()).toBe('head (token) gave user "wira" another link to set a password with');
  expect((await visitors.get(first.replace(rig.url, ''), '')).status).toBe(401);
  expect((await visitors.get(path, '')).status).toBe(200);
  const once = hiddenIn(await visitors.get(path, '')).once ?? '';
  await rig.query("UPDATE admin_users SET invite_expires_at = now() - interval '1 second'");
  const late = await visitors.post('/invitation', { once, password: chosen, again: chosen }, '');
  expect(late).toMatchObject({ status: 401, text: expect.stringContaining('used up') });
  await rig.query("UPDATE admin_users SET invite_expires_at = now() + interval '1 hour'");
  // Of two that use it at the same time one is let in.
  const both = ['first of two passwords', 'other of two passwords'].map((password) =>
    visitors.post('/invitation', { once, password, again: password }, ''),
  );
  expect((await Promise.all(both)).map(({ status }) => status).sort()).toEqual([200, 401]);
  expect((await visitors.get(path, '')).status).toBe(401);
});

test.each([
  ['short', 'short', 'fewer than 15'],
  ['nobody guesses these words', 'nobody guesses those words', 'not the same'],
  ['aaaaaaaaaaaaaaaaaaaa', 'aaaaaaaaaaaaaaaaaaaa', 'pattern'],
])('the password %j, %j is refused, and the link stays good', async (password, again, words) => {
  const { url } = (await ask('POST', '/users', { name: 'wira', role: 'viewer' })).body;
  expect(await accept(url, password, again)).toMatchObject({ status: 400, text: expect.stringContaining(words) });
  expect((await accept(url)).status).toBe(200);
});

test('a password that is set by a link waits its turn, and the link stays good', async () => {
  const { url } = (await ask('POST', '/users', { name: 'wira', role: 'viewer' })).body;
  const slow = 'scrypt$32768$8$9$$';
  const others = [1, 2, 3].map(() => isPassword('x', slow, ofUser('wira')));
  expect((await accept(url)).status).toBe(503);
  await Promise.all(others);
  expect((await accept(url)).status).toBe(200);
});

test('two names that differ in capitals only are one', async () => {
  expect(await ask('POST', '/users', { name: 'wira', role: 'viewer' })).toMatchObject({ status: 201 });
  const again = await ask('POST', '/users', { name: 'WIRA', role: 'viewer' });
  expect(again).toMatchObject({
    status: 400,
    body: { detail: expect.stringContaining('There is a user WIRA already') },
  });
  const config = { ...rig.ctx.config, adminTokens: [{ name: 'head', role: 'owner', token: 'x' }] as const };
  const added = inviteUser({ ...rig.ctx, config }, 'Head', 'viewer');
  await expect(added).rejects.toThrow('The name Head stands for somebody else');
});

test('an owner who comes in by a provider only does not shut themselves out with another address', async () => {
  await inviteByLink(rig.ctx, { name: 'wira', role: 'owner', email: 'wira@example.com' });
  await rig.query("UPDATE admin_users SET oidc_issuer = 'https://id.example', oidc_subject = 'sub-1'");
  const change = () => giveEmail(rig.ctx, 'wira', 'other@example.com', 'admin');
  await expect(change()).rejects.toThrow('Nobody would be an owner any more');
  expect(await users()).toMatchObject([{ email: 'wira@example.com', isBound: true }]);
  await inviteUser(rig.ctx, 'ayu', 'owner');
  await change();
});

test('a form of another site sets no password', async () => {
  const { url } = (await ask('POST', '/users', { name: 'wira', role: 'viewer' })).body;
  const once = new URL(url).searchParams.get('once') ?? '';
  const form = { once, password: chosen, again: chosen };
  expect((await visitors.post('/invitation', form, '', { Origin: 'https://evil.test' })).status).toBe(403);
  expect(await users()).toMatchObject([{ hasPassword: false }]);
});

test('roles and addresses are changed, and tokens are made, listed and revoked', async () => {
  await inviteUser(rig.ctx, 'wira', 'operator');
  expect((await ask('POST', '/users/wira/role', { role: 'analyst' })).status).toBe(204);
  expect(await told()).toBe('head (token) made user "wira" analyst');
  expect((await ask('POST', '/users/wira/email', { email: 'w@example.com' })).status).toBe(204);
  expect(await users()).toMatchObject([{ role: 'analyst', email: 'w@example.com' }]);
  await inviteUser(rig.ctx, 'putri', 'viewer');
  expect(await ask('POST', '/users/putri/email', { email: 'W@example.com' })).toMatchObject({
    status: 400,
    body: { detail: 'Another user has this e-mail address.' },
  });
  const made = await ask('POST', '/users/wira/tokens', { label: 'crm', days: 30 });
  expect(made).toMatchObject({ status: 201, body: { token: expect.stringMatching(/^siaran_/) } });
  expect(await told()).toBe('head (token) issued a token "crm" to user "wira"');
  expect((await ask('GET', '/runs', undefined, made.body.token)).status).toBe(200);
  const [listed] = (await ask('GET', '/users/wira/tokens')).body;
  expect(listed).toMatchObject({ id: made.body.id, label: 'crm', usedAt: expect.any(String) });
  expect((await ask('DELETE', `/users/putri/tokens/${made.body.id}`)).status).toBe(404);
  expect((await ask('DELETE', `/users/wira/tokens/${made.body.id}`)).status).toBe(204);
  expect(await told()).toBe('head (token) took a token from user "wira"');
  expect((await ask('GET', '/runs', undefined, made.body.token)).status).toBe(401);
});

test('whoever is revoked has no session and no token from then on', async () => {
  const { password } = await inviteUser(rig.ctx, 'wira', 'operator');
  const session = await logIn('wira', password);
  const { token } = (await ask('POST', '/users/wira/tokens', { label: 'crm' })).body;
  const page = await visitors.get('/users/wira/revoke', await owner());
  expect(page.text).toContain("Take wira's access away?");
  expect((await visitors.post('/users/wira/revoke', {}, await owner())).status).toBe(303);
  expect((await visitors.get('/runs', session)).status).toBe(303);
  expect((await ask('GET', '/runs', undefined, token)).status).toBe(401);
  expect(await rig.query("SELECT 1 FROM admin_sessions WHERE name = 'wira'")).toEqual([]);
  expect(await rig.query('SELECT 1 FROM admin_service_tokens')).toEqual([]);
  expect(await told()).toBe('head (token) took the access of user "wira" away');
});

test('the last owner stays one, unless there is an owner in SIARAN_ADMIN_TOKEN', async () => {
  const { password } = await inviteUser(rig.ctx, 'wira', 'owner');
  const session = await logIn('wira', password);
  // Invited, and not there yet: nobody who could take over.
  await ask('POST', '/users', { name: 'putri', role: 'owner' });
  const demote = () => visitors.post('/users/wira/role', { role: 'viewer' }, session);
  expect(await demote()).toMatchObject({ status: 400, text: expect.stringContaining('Nobody would be an owner') });
  expect(await visitors.post('/users/wira/revoke', {}, session)).toMatchObject({ status: 400 });
  expect((await visitors.get('/users', session)).status).toBe(200);
  await inviteUser(rig.ctx, 'sari', 'owner');
  // Both go at the same time: one of them has to stay.
  const both = ['wira', 'sari'].map((name) => visitors.post(`/users/${name}/role`, { role: 'viewer' }, session));
  expect((await Promise.all(both)).map(({ status }) => status).sort()).toEqual([303, 400]);
  expect((await users()).filter(({ role }: { role: string }) => role === 'owner')).toHaveLength(2);
});

test('nobody but an owner sees or changes users', async () => {
  await inviteUser(rig.ctx, 'wira', 'operator');
  const asked = [
    ['GET', '/users'],
    ['POST', '/users', { name: 'eve', role: 'owner' }],
    ['POST', '/users/wira/role', { role: 'owner' }],
    ['POST', '/users/wira/email', { email: 'e@example.com' }],
    ['POST', '/users/wira/link', {}],
    ['POST', '/users/wira/revoke', {}],
    ['GET', '/users/wira/tokens'],
    ['POST', '/users/wira/tokens', { label: 'x' }],
    ['DELETE', '/users/wira/tokens/x'],
  ] as const;
  for (const [method, path, json] of asked)
    expect([path, (await ask(method, path, json, tokens.operator)).status]).toEqual([path, 403]);
  const pages = [
    ['/users/wira/role', { role: 'owner' }],
    ['/users', { name: 'eve', role: 'owner' }],
    ['/users/wira/link', {}],
    ['/users/wira/revoke', {}],
    ['/users/wira/email', { email: '' }],
    ['/users/wira/tokens', { label: 'x' }],
  ] as const;
  const session = await visitors.logIn(tokens.operator);
  for (const path of ['/users', '/users/wira', '/users/wira/revoke'])
    expect([path, (await visitors.get(path, session)).status]).toEqual([path, 403]);
  for (const [path, form] of pages)
    expect([path, (await visitors.post(path, form, session)).status]).toEqual([path, 403]);
  expect(await users()).toMatchObject([{ name: 'wira', role: 'operator', invitedUntil: null }]);
});

test('the pages show a link and a token once, and what is wrong beside the form', async () => {
  const session = await owner();
  const made = await visitors.post('/users', { name: 'wira', role: 'operator', email: '' }, session);
  const [, url = ''] = /value="(http[^"]+)"/.exec(made.text) ?? [];
  expect((await accept(url)).status).toBe(200);
  const again = await visitors.post('/users', { name: 'wira', role: 'operator', email: '' }, session);
  expect(again).toMatchObject({ status: 400, text: expect.stringContaining('There is a user wira already') });
  expect(again.text).toContain('value="wira"');
  const token = await visitors.post('/users/wira/tokens', { label: 'crm <b>', days: '30' }, session);
  expect(token.text).toMatch(/value="siaran_[\w-]{43}"/);
  const page = await visitors.get('/users/wira', session);
  expect(page.text).not.toMatch(/siaran_[\w-]{43}/);
  expect(page.text).toContain('crm &#60;b&#62;');
  const [, id] = /<code>([\da-f]{16})<\/code>/.exec(page.text) ?? [];
  expect((await visitors.post(`/users/wira/tokens/${id}/revoke`, {}, session)).status).toBe(303);
  expect((await visitors.get('/users/wira', session)).text).toContain('No program has a token of wira');
  await revokeUser(rig.ctx, 'wira');
  expect((await visitors.get('/users/wira', session)).text).not.toContain('Change the role');
  expect((await visitors.get('/users/nobody', session)).status).toBe(404);
});

test('the description of the API tells of them', async () => {
  const { body } = await rig.ask('GET', '/openapi.json');
  expect(Object.keys(body.paths)).toEqual(
    expect.arrayContaining(['/api/v1/users', '/api/v1/users/{name}/role', '/api/v1/users/{name}/tokens/{id}']),
  );
});
