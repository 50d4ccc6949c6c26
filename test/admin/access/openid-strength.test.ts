import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { buildAdmin } from '../../../src/admin/server.js';
import type { OidcConfig, OidcDemands } from '../../../src/config/oidc.js';
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

/** @returns where the browser was sent, and how the login ended */
async function comeIn(
  demands: OidcDemands,
  issuer: string,
  atProvider: (url: string) => Promise<string>,
  more: Partial<OidcConfig> = {},
) {
  const oidc = { issuer, clientId: client.id, clientSecret: client.secret, demands, ...more };
  const app = await buildAdmin({ ...rig.ctx, config: { ...rig.ctx.config, adminUrl, oidc } }, people);
  const cookies: Cookies = new Map();
  const ask = async (url: string) => {
    const answer = await app.inject({ url, headers: { accept: 'text/html', cookie: header(cookies) } });
    keep(cookies, [answer.headers['set-cookie'] ?? []].flat());
    return answer;
  };
  const begun = String((await ask(`${path}/begin`)).headers.location);
  const { statusCode: status, body: text } = await ask(await atProvider(begun));
  const isIn = (await ask('/runs')).body.includes('<b>wira</b>');
  await app.close();
  return { asked: new URL(begun).searchParams, status, text, isIn };
}

/** What a browser does at the real provider. */
async function browse(url: string): Promise<string> {
  const cookies: Cookies = new Map();
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
  expect(await told({})).toMatchObject({ status: 502, isIn: false });
  expect(await told({ auth_time: seconds })).toMatchObject({ status: 200, isIn: true });
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
