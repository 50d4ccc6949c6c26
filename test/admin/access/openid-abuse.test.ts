import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { buildAdmin } from '../../../src/admin/server.js';
import { inviteByLink } from '../../../src/pipeline/people/invitations.js';
import { people } from '../../support/admin.js';
import { eventually, type Rig, startRig } from '../../support/rig.js';
import { startLiar } from '../../support/servers/lying-provider.js';
import { client } from '../../support/servers/openid-provider.js';

/** What a browser can do with the cookies that it keeps, how often a stranger makes us ask the provider, and whom that keeps out. */
const path = '/login/openid';
let rig: Rig;
let provider: Awaited<ReturnType<typeof startLiar>>;
let app: Awaited<ReturnType<typeof buildAdmin>>;

beforeAll(async () => {
  rig = await startRig();
  provider = await startLiar(client, { sub: 'sub-1', email: 'wira@example.com', email_verified: true });
  await inviteByLink(rig.ctx, { name: 'wira', role: 'viewer', email: 'wira@example.com' });
});
beforeEach(async () => {
  await rig.query('DELETE FROM admin_allowances');
  const oidc = { issuer: provider.issuer, clientId: client.id, clientSecret: client.secret };
  app = await buildAdmin({ ...rig.ctx, config: { ...rig.ctx.config, adminUrl: 'http://siaran.test', oidc } }, people);
});
afterEach(() => app.close());
afterAll(async () => {
  await provider.close();
  await rig.close();
});

type Browser = Map<string, string>;
const office = '203.0.113.9';

async function ask(url: string, cookies: Browser, remoteAddress = office) {
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const answer = await app.inject({ url, remoteAddress, headers: { accept: 'text/html', cookie } });
  for (const set of [answer.headers['set-cookie'] ?? []].flat()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
    cookies.set(name, value);
  }
  return { status: answer.statusCode, text: answer.body, location: String(answer.headers.location ?? '') };
}

/** @returns where the provider sends that browser back to */
async function begin(cookies: Browser): Promise<string> {
  const asked = new URL((await ask(`${path}/begin?next=%2Faudit`, cookies)).location).searchParams;
  provider.nonce = asked.get('nonce') ?? '';
  return `${path}?code=x&state=${asked.get('state')}`;
}

const comeIn = async (cookies: Browser = new Map()) => ask(await begin(cookies), cookies);
/** What the provider refuses: any code that a stranger makes up. */
async function fail(cookies: Browser = new Map()) {
  const back = await begin(cookies);
  provider.nonce = 'of nobody';
  return ask(back, cookies);
}
async function failTenTimes(): Promise<void> {
  for (let at = 0; at < 10; at += 1) expect((await fail()).status).toBe(502);
  expect((await fail()).status).toBe(429);
}

test('an address that has failed too often makes us ask the provider no more', async () => {
  const before = provider.tokensAsked;
  const cookies: Browser = new Map();
  const back = await begin(cookies);
  provider.nonce = 'of nobody';
  const statuses: number[] = [];
  const askAgain = async () => void statuses.push((await ask(back, new Map(cookies))).status);
  let answer = () => {};
  provider.answers = new Promise((resolve) => {
    answer = resolve;
  });
  const all = Array.from({ length: 30 }, askAgain);
  await eventually(
    async () => statuses.length,
    (answered) => answered === 20,
  );
  expect(new Set(statuses)).toEqual(new Set([503]));
  answer();
  await Promise.all(all);
  expect(statuses.slice(20)).toEqual(Array(10).fill(502));
  expect(provider.tokensAsked - before).toBe(10);
  await askAgain();
  expect(statuses.at(-1)).toBe(429);
  expect(provider.tokensAsked - before).toBe(10);
});

test('pages of others that send a browser here without a login keep nobody out', async () => {
  for (let at = 0; at < 30; at += 1) expect((await ask(path, new Map())).status).toBe(400);
  expect((await fail()).status).toBe(502);
});

test('what a browser has begun is neither made up nor changed nor taken from another place by it', async () => {
  const before = provider.tokensAsked;
  const made = Buffer.from(JSON.stringify({ state: 'a', nonce: 'b', verifier: 'v'.repeat(43), next: '/' }));
  const own: Browser = new Map();
  const back = await begin(own);
  const [sealed = ''] = [...own.values()];
  const known: Browser = new Map();
  await comeIn(known);
  for (const kept of ['', made.toString('base64url'), `A${sealed.slice(1)}`, String(known.get('siaran_known'))])
    expect([kept, (await ask(back, new Map([['siaran_openid', kept]]))).status]).toEqual([kept, 400]);
  expect(provider.tokensAsked - before).toBe(1);
});

test('whoever came in with a browser before comes in again, whatever others of their address do', async () => {
  const wira: Browser = new Map();
  expect((await comeIn(wira)).status).toBe(200);
  await failTenTimes();
  expect((await comeIn()).status).toBe(429);
  expect((await comeIn(wira)).status).toBe(200);
  wira.delete('siaran_session');
  expect((await comeIn(wira)).status).toBe(200);
  // What they do themselves counts for them, and for nobody else.
  for (let at = 0; at < 10; at += 1) expect((await fail(wira)).status).toBe(502);
  expect((await comeIn(wira)).status).toBe(429);
});

test('whom the provider has let in, and Siaran does not, keeps no colleague out', async () => {
  provider.lie = { claims: { sub: 'sub-2', email: 'eve@example.com' } };
  for (let at = 0; at < 10; at += 1) expect((await comeIn()).status).toBe(403);
  expect((await comeIn()).status).toBe(429);
  provider.lie = {};
  expect((await comeIn()).status).toBe(200);
});

test('whoever turns back at the provider keeps no colleague out, and neither does a provider that was away', async () => {
  for (let at = 0; at < 12; at += 1) {
    const cookies: Browser = new Map();
    const state = new URL(`http://x${await begin(cookies)}`).searchParams.get('state');
    const { status } = await ask(`${path}?error=access_denied&state=${state}`, cookies);
    expect([at, status]).toEqual([at, 502]);
  }
  expect((await comeIn()).status).toBe(200);
  provider.lie = { isAway: true };
  // It is said each time: to wait would change nothing.
  for (let at = 0; at < 12; at += 1) {
    const { status, text } = await comeIn();
    expect([at, status, text]).toEqual([at, 502, expect.stringContaining(new URL(provider.issuer).host)]);
  }
  provider.lie = {};
  expect((await comeIn()).status).toBe(200);
});

test('a program with a wrong token keeps nobody of its address out', async () => {
  const asked = { url: '/api/v1/runs', headers: { authorization: 'Bearer wrong' }, remoteAddress: office };
  for (let at = 0; at < 12; at += 1) await app.inject(asked);
  expect((await app.inject(asked)).statusCode).toBe(429);
  expect((await comeIn()).status).toBe(200);
});

test('a session ends with the provider that it was opened by', async () => {
  const cookies: Browser = new Map();
  await comeIn(cookies);
  const cookie = `siaran_session=${cookies.get('siaran_session')}`;
  const look = (at: typeof app) => at.inject({ url: '/api/v1/runs', headers: { cookie } });
  expect((await look(app)).statusCode).toBe(200);
  const plain = await buildAdmin(rig.ctx, people);
  expect((await look(plain)).statusCode).toBe(401);
  await plain.close();
});
