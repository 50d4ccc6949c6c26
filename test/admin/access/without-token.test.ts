import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { OneTimeLink, openOwnToken } from '../../../src/admin/access/one-time-link.js';
import type { AdminApp } from '../../../src/admin/app.js';
import { buildAdmin } from '../../../src/admin/server.js';
import { inviteByLink } from '../../../src/pipeline/people/invitations.js';
import { hashPassword } from '../../../src/pipeline/people/passwords.js';
import { type Rig, startRig } from '../../support/rig.js';

/** An admin that was given no token: a link lets one browser in, and nothing else lets in anybody. */
let rig: Rig;

beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

async function withAdmin(work: (app: AdminApp, link: OneTimeLink) => Promise<void>): Promise<void> {
  const own = openOwnToken();
  const link = new OneTimeLink(own);
  const app = await buildAdmin(rig.ctx, [own], { link });
  try {
    await work(app, link);
  } finally {
    await app.close();
  }
}

test('nobody is let in, not even from this machine, and as little behind a proxy that adds no header', async () => {
  const empty = await buildAdmin(rig.ctx, []);
  await withAdmin(async (app) => {
    for (const admin of [app, empty])
      for (const url of ['/api/v1/runs', '/metrics', '/openapi.json', '/queues'])
        for (const headers of [{ host: '127.0.0.1:3000' }, { host: 'siaran.example.com' }])
          expect([url, (await admin.inject({ url, headers })).statusCode]).toEqual([url, 401]);
  });
  await empty.close();
});

test('the link lets one browser in, once, and leads to where it was to lead', async () => {
  await withAdmin(async (app, link) => {
    const url = link.path('/audit') ?? '';
    expect(url).toMatch(/^\/login\?once=[\w-]{43}&next=%2Faudit$/);
    expect((await app.inject({ method: 'HEAD', url })).headers['set-cookie']).toBeUndefined();
    const wrong = await app.inject({ url: url.replace(/once=.{5}/, 'once=AAAAA') });
    expect(wrong).toMatchObject({ statusCode: 401, body: expect.stringContaining('was used before') });
    const first = await app.inject({ url });
    expect(first).toMatchObject({ statusCode: 303, headers: { location: '/audit' } });
    const cookie = String(first.headers['set-cookie']).split(';')[0] ?? '';
    expect((await app.inject({ url: '/audit', headers: { cookie } })).body).toContain('Audit log');
    const second = await app.inject({ url });
    expect(second.statusCode).toBe(401);
    expect(second.headers['set-cookie']).toBeUndefined();
    expect(link.path()).toBeUndefined();
    // Who is in already is led on.
    expect((await app.inject({ url, headers: { cookie } })).headers.location).toBe('/audit');
  });
});

test('whoever came in by the link is told after 15 minutes what to do instead of showing again who they are', async () => {
  await withAdmin(async (app, link) => {
    const opened = await app.inject({ url: link.path() ?? '' });
    const cookie = String(opened.headers['set-cookie']).split(';')[0] ?? '';
    const invite = (accept: string) =>
      app.inject({
        method: 'POST',
        url: '/users',
        payload: { name: 'ada', role: 'owner' },
        headers: { cookie, accept },
      });
    await rig.query("UPDATE admin_sessions SET proven_at = now() - interval '15 minutes'");
    const late = await invite('text/html');
    expect(late.headers.location).toBe('/login?again=yes&next=%2Fruns');
    const page = await app.inject({ url: String(late.headers.location), headers: { cookie, accept: 'text/html' } });
    for (const told of ['Nothing was done yet', 'siaran user invite NAME --role owner', 'start it again'])
      expect(page.body).toContain(told);
    const byScript = await invite('application/json');
    const detail = expect.stringMatching(/15 minutes.*siaran user invite NAME --role owner.*Nothing was done/);
    expect(byScript.json()).toMatchObject({ status: 403, code: 'LOG_IN_AGAIN', detail });
    // Whom they have made by the command line shows it by a password, on the same page.
    await inviteByLink(rig.ctx, { name: 'ada', role: 'owner' });
    await rig.query('UPDATE admin_users SET password = $1', [await hashPassword('a password of this test')]);
    const payload = { name: 'ada', token: 'a password of this test', next: '/users' };
    const again = await app.inject({ method: 'POST', url: '/login', payload, headers: { cookie } });
    const newer = String(again.headers['set-cookie']).split(';')[0] ?? '';
    const done = await app.inject({
      ...{ method: 'POST', url: '/users', payload: { name: 'wira', role: 'viewer' } },
      headers: { cookie: newer, accept: 'text/html' },
    });
    expect(done.statusCode).toBe(200);
  });
});
