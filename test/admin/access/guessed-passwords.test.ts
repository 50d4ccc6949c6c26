import { scryptSync } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { AdminApp } from '../../../src/admin/app.js';
import { buildAdmin } from '../../../src/admin/server.js';
import { seal } from '../../../src/domain/sealed.js';
import { findDigestKey } from '../../../src/store/installation.js';
import { asViewer, people } from '../../support/admin.js';
import { type Rig, startRig } from '../../support/rig.js';
import { inviteUser } from '../invite-user.js';

/** How often passwords may be guessed, and whom that keeps out. */
let rig: Rig;
let app: AdminApp;
const [name, password] = ['wira', 'nobody guesses this one'];
const office = '203.0.113.9';

beforeAll(async () => {
  rig = await startRig();
  for (const user of [name, 'sari']) {
    await inviteUser(rig.ctx, user, 'operator');
    await rig.query('UPDATE admin_users SET password = $1 WHERE name = $2', [cheapHash(), user]);
  }
});
beforeEach(async () => {
  await rig.query('DELETE FROM admin_allowances');
  app = await buildAdmin(rig.ctx, people);
});
afterEach(() => app.close());
afterAll(() => rig.close());

/** Of a password that is told apart in no time. */
function cheapHash(): string {
  const key = scryptSync(password, Buffer.alloc(16), 32, { N: 2, r: 8, p: 1 });
  return ['scrypt', 2, 8, 1, Buffer.alloc(16).toString('base64url'), key.toString('base64url')].join('$');
}

type Guess = { as?: string; token?: string; from?: string; cookies?: string; at?: AdminApp };

async function guess({ as = name, token = 'wrong', from = office, cookies = '', at = app }: Guess = {}) {
  const { statusCode, headers, body } = await at.inject({
    ...{ method: 'POST', url: '/login', payload: { name: as, token }, remoteAddress: from },
    headers: { accept: 'text/html', cookie: cookies },
  });
  const kept = [headers['set-cookie'] ?? []].flat().map((cookie) => cookie.split(';')[0] ?? '');
  return { status: statusCode, body, cookies: kept.join('; ') };
}

const status = async (of: Guess = {}) => (await guess(of)).status;

async function guessTenTimes(of: Guess = {}): Promise<void> {
  for (let at = 0; at < 10; at += 1) expect([at, await status(of)]).toEqual([at, 401]);
}

test('after ten wrong ones of a network no password from there is looked at, not even the right one', async () => {
  await guessTenTimes();
  const right = await guess({ token: password });
  expect(right).toMatchObject({ status: 429, body: expect.stringContaining('within 30 days') });
  expect(await status()).toBe(429);
  expect(await status({ token: password, from: '203.0.113.10' })).toBe(303);
  const figures = (await app.inject({ url: '/metrics', headers: asViewer })).body;
  expect(figures).toMatch(/^siaran_logins_refused_total\{way="password"\} 12$/m);
});

test('that holds in all processes together, and is over after five minutes', async () => {
  const other = await buildAdmin(rig.ctx, people);
  try {
    for (let at = 0; at < 5; at += 1) expect([await status(), await status({ at: other })]).toEqual([401, 401]);
    expect([await status({ token: password }), await status({ token: password, at: other })]).toEqual([429, 429]);
  } finally {
    await other.close();
  }
  await rig.query("UPDATE admin_allowances SET ends_at = now() - interval '1 second'");
  const later = await buildAdmin(rig.ctx, people);
  expect(await status({ token: password, at: later })).toBe(303);
  await later.close();
});

test('whoever came in with a browser before comes in again, whatever strangers of their network do', async () => {
  const { cookies } = await guess({ token: password });
  expect(cookies).toContain('siaran_known=');
  await guessTenTimes();
  expect(await status({ token: password })).toBe(429);
  expect(await status({ token: password, cookies })).toBe(303);
  // That browser is no way to guess the password of another user.
  expect(await status({ as: 'sari', token: password, cookies })).toBe(429);
  await guessTenTimes({ cookies });
  expect(await status({ token: password, cookies })).toBe(429);
  expect(await status({ token: password, cookies, from: '203.0.113.10' })).toBe(303);
});

test('a browser says so for 30 days, and nobody makes one up', async () => {
  await guessTenTimes();
  const key = await findDigestKey(rig.ctx.db);
  const keptFor = (days: number) =>
    `siaran_known=${seal(key, 'cookie siaran_known', JSON.stringify({ who: 'user wira', at: new Date(Date.now() - days * 86_400_000) }))}`;
  const made = Buffer.from(JSON.stringify({ who: 'user wira', at: new Date() })).toString('base64url');
  for (const cookies of [keptFor(30.1), `siaran_known=${made}`, keptFor(1).slice(0, -2)])
    expect([cookies, await status({ token: password, cookies })]).toEqual([cookies, 429]);
  expect(await status({ token: password, cookies: keptFor(29.9) })).toBe(303);
});

test('whoever has many networks of IPv6 addresses has one of them', async () => {
  for (let at = 1; at <= 5; at += 1) await guessTenTimes({ from: `2001:db8:1:${at}::1` });
  expect(await status({ token: password, from: '2001:db8:1:6::1' })).toBe(429);
  expect(await status({ token: password, from: '2001:db8:2:6::1' })).toBe(303);
});

test('addresses of IPv4 are networks of their own, also as IPv6 writes them', async () => {
  for (let at = 1; at <= 6; at += 1) await guessTenTimes({ from: `::ffff:203.0.113.${at}` });
  expect(await status({ token: password, from: '::ffff:203.0.113.6' })).toBe(429);
  expect(await status({ token: password, from: '::ffff:203.0.113.7' })).toBe(303);
});

test('guesses from everywhere keep nobody out whose name they are made with', async () => {
  for (let at = 1; at <= 3; at += 1) await guessTenTimes({ from: `203.0.113.${at}` });
  expect(await status({ token: password, from: '203.0.113.4' })).toBe(303);
});

test('a program with a wrong token keeps no password of its network out', async () => {
  const asked = { url: '/api/v1/runs', headers: { authorization: 'Bearer wrong' }, remoteAddress: office };
  for (let at = 0; at < 12; at += 1) await app.inject(asked);
  expect((await app.inject(asked)).statusCode).toBe(429);
  expect(await status({ token: password })).toBe(303);
});

test('whoever finds a browser open guesses the password of its user few times', async () => {
  const { cookies } = await guess({ token: password });
  const setUp = (shown: string) =>
    app.inject({ method: 'POST', url: '/account/totp', payload: { password: shown }, headers: { cookie: cookies } });
  for (let at = 0; at < 10; at += 1) expect((await setUp('wrong')).body).toContain('This password is wrong.');
  expect((await setUp(password)).body).toContain('Too many passwords were tried');
  const changed = await app.inject({
    ...{ method: 'POST', url: '/account/password', headers: { cookie: cookies } },
    payload: { password, chosen: 'nobody guesses these words', again: 'nobody guesses these words' },
  });
  expect(changed.body).toContain('Too many passwords were tried');
});
