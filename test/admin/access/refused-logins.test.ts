import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { buildReceiver } from '../../../src/admin/callbacks/server.js';
import { buildAdmin } from '../../../src/admin/server.js';
import { parseConfig } from '../../../src/config/config.js';
import { openContext } from '../../../src/context.js';
import { asViewer, people, tokens } from '../../support/admin.js';
import { type Rig, startRig } from '../../support/rig.js';
import { startSilentProxy } from '../../support/servers/silent-proxy.js';

let rig: Rig;
const stranger = '203.0.113.7';

beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.close());

type App = Awaited<ReturnType<typeof buildAdmin>>;

async function withAdmin(trustedProxies: number, work: (app: App) => Promise<void>): Promise<void> {
  const app = await buildAdmin({ ...rig.ctx, config: { ...rig.ctx.config, trustedProxies } }, people);
  try {
    await work(app);
  } finally {
    await app.close();
  }
}

type Sent = { from?: string; token?: string; forwarded?: string };

async function logIn(app: App, { from = stranger, token = 'wrong', forwarded }: Sent = {}) {
  const { statusCode, headers, body } = await app.inject({
    ...{ method: 'POST', url: '/login', payload: { token }, remoteAddress: from },
    headers: { accept: 'text/html', ...(forwarded && { 'x-forwarded-for': forwarded }) },
  });
  return { status: statusCode, headers, body };
}

async function ask(app: App, { from = stranger, token = randomBytes(16).toString('hex') }: Sent = {}) {
  const headers = { authorization: `Bearer ${token}` };
  return (await app.inject({ url: '/api/v1/runs', headers, remoteAddress: from })).statusCode;
}

test('after ten failures in five minutes an address has to wait, and is told how long', async () => {
  await withAdmin(0, async (app) => {
    for (let at = 0; at < 10; at += 1) expect((await logIn(app)).status).toBe(401);
    const late = await logIn(app);
    expect(late.status).toBe(429);
    expect(late.headers['content-type']).toContain('text/html');
    expect(Number(late.headers['retry-after'])).toBeGreaterThan(200);
    expect(late.body).toMatch(/Too many attempts .* Try again in 5 minutes, at \d\d:\d\d UTC/);
    expect((await logIn(app, { from: '203.0.113.8' })).status).toBe(401);
  });
});

test('whoever has a right token comes in however many strangers of the same address have failed', async () => {
  await withAdmin(0, async (app) => {
    for (let at = 0; at < 12; at += 1) await logIn(app);
    expect((await logIn(app, { token: tokens.viewer })).status).toBe(303);
    expect(await ask(app, { token: tokens.viewer })).toBe(200);
  });
});

test('successes do not count', async () => {
  await withAdmin(0, async (app) => {
    for (let at = 0; at < 12; at += 1) expect((await logIn(app, { token: tokens.viewer })).status).toBe(303);
    expect((await logIn(app)).status).toBe(401);
  });
});

test('bearer tokens that nobody has count as much, and all of it shows in the figures', async () => {
  await withAdmin(0, async (app) => {
    for (let at = 0; at < 4; at += 1) await logIn(app);
    for (let at = 0; at < 6; at += 1) expect(await ask(app)).toBe(401);
    expect(await ask(app)).toBe(429);
    expect((await logIn(app)).status).toBe(429);
    const figures = (await app.inject({ url: '/metrics', headers: asViewer })).body;
    expect(figures).toMatch(/^siaran_logins_refused_total\{way="token"\} 5$/m);
    expect(figures).toMatch(/^siaran_logins_refused_total\{way="bearer"\} 7$/m);
  });
});

test('a header that names another address counts for nothing, unless so many proxies are trusted', async () => {
  const others = (at: number) => `198.51.100.${at}`;
  await withAdmin(0, async (app) => {
    for (let at = 0; at < 10; at += 1) await logIn(app, { forwarded: others(at) });
    expect((await logIn(app, { forwarded: others(99) })).status).toBe(429);
  });
  await withAdmin(1, async (app) => {
    for (let at = 0; at < 10; at += 1) await logIn(app, { forwarded: others(1) });
    expect((await logIn(app, { forwarded: others(1) })).status).toBe(429);
    expect((await logIn(app, { forwarded: others(2) })).status).toBe(401);
    // What the client has written itself stands before what the proxy adds.
    expect((await logIn(app, { forwarded: `${others(50)}, ${others(1)}` })).status).toBe(429);
  });
});

test('whoever has a network of IPv6 addresses has one of them', async () => {
  await withAdmin(0, async (app) => {
    for (let at = 0; at < 10; at += 1) await logIn(app, { from: `2001:db8:1:2::${at}` });
    expect((await logIn(app, { from: '2001:db8:1:2:aaaa:bbbb:cccc:dddd' })).status).toBe(429);
    expect((await logIn(app, { from: '2001:db8:1:3::1' })).status).toBe(401);
  });
});

test('failures count in all processes together, and a right token is let in by each', async () => {
  await withAdmin(0, (one) =>
    withAdmin(0, async (other) => {
      for (let at = 0; at < 5; at += 1) {
        expect((await logIn(one)).status).toBe(401);
        expect(await ask(other)).toBe(401);
      }
      for (const app of [one, other]) {
        expect((await logIn(app)).status).toBe(429);
        expect(await ask(app)).toBe(429);
        expect((await logIn(app, { token: tokens.viewer })).status).toBe(303);
      }
    }),
  );
});

test('after its five minutes an address is answered again, and nothing of it is kept', async () => {
  await withAdmin(0, async (app) => {
    for (let at = 0; at < 10; at += 1) await ask(app);
  });
  await rig.query("UPDATE admin_allowances SET ends_at = now() - interval '1 second'");
  await withAdmin(0, async (app) => {
    expect(await ask(app)).toBe(401);
    expect(await ask(app, { from: '203.0.113.9' })).toBe(401);
    await rig.query("UPDATE admin_allowances SET ends_at = now() - interval '1 second'");
    expect(await ask(app, { from: '203.0.113.10' })).toBe(401);
  });
  expect(await rig.query('SELECT what, who, times FROM admin_allowances')).toEqual([
    { what: 'refused login', who: '203.0.113.10', times: 1 },
  ]);
});

test('while Postgres is away each process counts for itself', async () => {
  const proxy = await startSilentProxy(rig.databaseUrl);
  const ctx = openContext(parseConfig({ ...rig.env, DATABASE_URL: proxy.through(rig.databaseUrl) }));
  proxy.close();
  const app = await buildAdmin(ctx, people);
  try {
    for (let at = 0; at < 10; at += 1) expect(await ask(app)).toBe(401);
    expect(await ask(app)).toBe(429);
  } finally {
    await app.close();
    await ctx.close();
  }
});

test('the receiver of callbacks counts those who ask for its figures', async () => {
  const app = await buildReceiver(rig.ctx);
  try {
    const look = () => app.inject({ url: '/metrics', headers: { authorization: 'Bearer wrong' } });
    for (let at = 0; at < 10; at += 1) expect((await look()).statusCode).toBe(401);
    expect((await look()).statusCode).toBe(429);
  } finally {
    await app.close();
  }
});
