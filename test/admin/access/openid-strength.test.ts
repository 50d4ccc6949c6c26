import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { buildAdmin } from '../../../src/admin/server.js';
import type { OidcConfig } from '../../../src/config/oidc.js';
import type { OidcDemands } from '../../../src/domain/people/oidc-demands.js';
import { inviteByLink } from '../../../src/pipeline/people/invitations.js';
import { people } from '../../support/admin.js';
import { type Rig, startRig } from '../../support/rig.js';
import { startForwardProxy } from '../../support/servers/forward-proxy.js';
import { startLiar } from '../../support/servers/lying-provider.js';
import { client, type LocalProvider, startProvider } from '../../support/servers/openid-provider.js';

/** How strongly, by what means and how lately the provider has asked its user, if the configuration demands something of it. */
const adminUrl = 'http://siaran.test';
const path = '/login/openid';
const account = { sub: 'sub-1', email: 'wira@example.com', email_verified: true };
let rig: Rig;
let provider: LocalProvider;

beforeAll(async () => {
  rig = await startRig();
  provider = await startProvider(adminUrl + path);
  provider.account = account;
  await inviteByLink(rig.ctx, { name: 'wira', role: 'analyst', email: 'wira@example.com' });
});
beforeEach(async () => {
  provider.asked = {};
  await rig.query('DELETE FROM admin_allowances');
  // Each provider is another issuer, whose subject isn't the one that was bound before.
  await rig.query('UPDATE admin_users SET oidc_issuer = NULL, oidc_subject = NULL');
});
afterAll(async () => {
  await provider.close();
  await rig.close();
});

type Cookies = Map<string, string>;
const header = (cookies: Cookies) => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
function keep(cookies: Cookies, set: readonly string[]): void {
  for (const text of set) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? [];
    cookies.set(name, value);
  }
}

function adminWith(oidc: Pick<OidcConfig, 'issuer'> & Partial<OidcConfig>) {
  const whole = { clientId: client.id, clientSecret: client.secret, ...oidc };
  return buildAdmin({ ...rig.ctx, config: { ...rig.ctx.config, adminUrl, oidc: whole } }, people);
}

/** @returns where the browser was sent, and how the login ended */
async function comeIn(
  demands: OidcDemands,
  issuer: string,
  atProvider: (url: string) => Promise<string>,
  { begin = '/begin', ...more }: Partial<OidcConfig> & { begin?: string } = {},
) {
  const app = await adminWith({ issuer, demands, ...more });
  const cookies: Cookies = new Map();
  const ask = async (url: string) => {
    const answer = await app.inject({ url, headers: { accept: 'text/html', cookie: header(cookies) } });
    keep(cookies, [answer.headers['set-cookie'] ?? []].flat());
    return answer;
  };
  const begun = String((await ask(`${path}${begin}`)).headers.location);
  const { statusCode: status, body: text } = await ask(await atProvider(begun));
  const isIn = (await ask('/runs')).body.includes('<b>wira</b>');
  await app.close();
  return { asked: new URL(begun).searchParams, status, text, isIn, cookies };
}

/** What a browser does at the real provider. @param cookies what it has of it already */
async function browse(url: string, cookies: Cookies = new Map()): Promise<string> {
  for (let next = url; ; ) {
    const answer = await fetch(next, { redirect: 'manual', headers: { cookie: header(cookies) } });
    await answer.text();
    keep(cookies, answer.headers.getSetCookie());
    next = new URL(answer.headers.get('location') ?? '', next).href;
    if (next.startsWith(adminUrl)) return next.slice(adminUrl.length);
  }
}

test('whoever was asked less than is demanded is refused, and told so', async () => {
  const demands = { acr: ['gold', 'platinum'], amr: ['otp', 'hwk'] };
  for (const asked of [
    {},
    { acr: 'silver', amr: ['otp'] },
    { acr: 'gold' },
    { acr: 'gold', amr: ['pwd'] },
    { amr: ['otp'] },
  ]) {
    provider.asked = asked;
    const came = await comeIn(demands, provider.issuer, browse);
    expect([asked, came.status, came.isIn]).toEqual([asked, 403, false]);
    expect(came.text).toContain('did not ask you as strongly as Siaran demands');
  }
  provider.asked = { acr: 'gold', amr: ['pwd', 'otp'] };
  const came = await comeIn(demands, provider.issuer, browse);
  expect([came.status, came.isIn, came.asked.get('acr_values')]).toEqual([200, true, 'gold platinum']);
});

test('without a demand nothing is asked for', async () => {
  const { asked, isIn } = await comeIn({}, provider.issuer, browse);
  expect([asked.get('acr_values'), asked.get('max_age'), isIn]).toEqual([null, null, true]);
});

test('whose user was asked too long ago is asked again by the provider', async () => {
  const { asked, status, isIn } = await comeIn({ maxAgeMs: 3_600_000 }, provider.issuer, browse);
  expect([asked.get('max_age'), status, isIn]).toEqual(['3600', 200, true]);
});

test('a provider that does not do so is not believed, and the reader is told what is wrong', async () => {
  const liar = await startLiar(client, account);
  const told = async (lie: Record<string, unknown>) => {
    liar.lie = { claims: lie };
    return comeIn({ maxAgeMs: 3_600_000 }, liar.issuer, async (url) => {
      const asked = new URL(url).searchParams;
      liar.nonce = asked.get('nonce') ?? '';
      return `${path}?code=x&state=${asked.get('state')}`;
    });
  };
  const seconds = Math.floor(Date.now() / 1_000);
  const late = await told({ auth_time: seconds - 7_200 });
  expect(late).toMatchObject({
    status: 403,
    isIn: false,
    text: expect.stringContaining('longer ago than Siaran demands'),
  });
  // Nobody knows when it has asked them.
  expect(await told({})).toMatchObject({
    status: 502,
    isIn: false,
    text: expect.stringMatching(/its ID token has no auth_time.*SIARAN_OIDC_MAX_AGE/),
  });
  expect(await told({ auth_time: seconds })).toMatchObject({ status: 200, isIn: true });
  await liar.close();
});

test('a session that was opened before more was demanded is asked for again, and one that was opened with as much is not', async () => {
  const seen = async (cookies: Cookies, demands: OidcDemands) => {
    const app = await adminWith({ issuer: provider.issuer, demands });
    const { statusCode } = await app.inject({ url: '/api/v1/runs', headers: { cookie: header(cookies) } });
    await app.close();
    return statusCode;
  };
  const stricter: OidcDemands[] = [{ acr: ['gold'] }, { amr: ['otp'] }, { maxAgeMs: 3_600_000 }];
  const { cookies: weak } = await comeIn({}, provider.issuer, browse);
  expect(await seen(weak, {})).toBe(200);
  for (const demands of stricter) expect([demands, await seen(weak, demands)]).toEqual([demands, 401]);
  provider.asked = { acr: 'gold', amr: ['pwd', 'otp'] };
  const { cookies: strong } = await comeIn({ acr: ['gold'], maxAgeMs: 3_600_000 }, provider.issuer, browse);
  for (const demands of stricter) expect([demands, await seen(strong, demands)]).toEqual([demands, 200]);
  await rig.query("UPDATE admin_sessions SET proven_at = opened_at - interval '2 hours'");
  expect(await seen(strong, { maxAgeMs: 3_600_000 })).toBe(401);
});

const realNow = Date.now;
/** So much later it is for us, and not for Postgres. */
function later(seconds: number): void {
  Date.now = () => realNow() + seconds * 1_000;
}

const again = { begin: '/begin?again=yes' };
const provenLately = async () => {
  const rows = await rig.query(
    "SELECT proven_at > now() - interval '1 minute' AS is FROM admin_sessions ORDER BY opened_at DESC LIMIT 1",
  );
  return rows[0]?.is;
};

test('whoever has to show again who they are is asked by the provider, whatever session they have there', async () => {
  const atProvider: Cookies = new Map();
  const browser = (url: string) => browse(url, atProvider);
  provider.asked = { ts: Math.floor(Date.now() / 1_000) - 300 };
  expect((await comeIn({ maxAgeMs: 3_600_000 }, provider.issuer, browser)).isIn).toBe(true);
  expect(await provenLately()).toBe(false);
  provider.asked = {};
  const silent = await comeIn({ maxAgeMs: 3_600_000 }, provider.issuer, browser);
  expect([silent.isIn, await provenLately()]).toEqual([true, false]);
  const came = await comeIn({ maxAgeMs: 3_600_000 }, provider.issuer, browser, again);
  expect([came.asked.get('max_age'), came.isIn, await provenLately()]).toEqual(['0', true, true]);
});

test('a provider that answers from a session of its own instead is not believed, even if that is young', async () => {
  const liar = await startLiar(client, account);
  const told = async (askedAt: () => number | undefined) =>
    comeIn(
      {},
      liar.issuer,
      async (url) => {
        const asked = new URL(url).searchParams;
        liar.nonce = asked.get('nonce') ?? '';
        liar.lie = { claims: { auth_time: askedAt() } };
        return `${path}?code=x&state=${asked.get('state')}`;
      },
      again,
    );
  const now = () => Math.floor(Date.now() / 1_000);
  for (const seconds of [40, 600, 7_200])
    expect(await told(() => now() - seconds)).toMatchObject({
      status: 403,
      isIn: false,
      text: expect.stringContaining('did not ask you again who you are'),
    });
  expect(await told(() => undefined)).toMatchObject({ status: 502, isIn: false });
  // Its clock may be off a little.
  expect(await told(() => now() - 15)).toMatchObject({ status: 200, isIn: true });
  expect(await told(now)).toMatchObject({ status: 200, isIn: true });
  await liar.close();
});

test('somebody may take their time at the provider once it has asked them, but not for ever', async () => {
  const liar = await startLiar(client, account);
  const after = (seconds: number) =>
    comeIn(
      {},
      liar.issuer,
      async (url) => {
        const asked = new URL(url).searchParams;
        liar.nonce = asked.get('nonce') ?? '';
        liar.lie = { claims: { auth_time: Math.floor(Date.now() / 1_000) } };
        later(seconds);
        return `${path}?code=x&state=${asked.get('state')}`;
      },
      again,
    ).finally(() => later(0));
  expect(await after(50)).toMatchObject({ status: 200, isIn: true });
  expect(await after(601)).toMatchObject({ status: 400, isIn: false });
  await liar.close();
});

test('requests to the provider go through the proxy that leads there', async () => {
  const proxy = await startForwardProxy();
  const asked: string[] = [];
  const proxyTo = (address: string) => {
    asked.push(address);
    return `http://siaran:pass%20word@127.0.0.1:${proxy.port}`;
  };
  expect((await comeIn({}, provider.issuer, browse, { proxyTo })).isIn).toBe(true);
  expect(asked).toContain(`${provider.issuer}/token`);
  expect(proxy.tunnels).not.toEqual([]);
  for (const tunnel of proxy.tunnels) expect(tunnel).toContain(new URL(provider.issuer).host);
  await proxy.close();
});
