import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { tokens } from '../../support/admin.js';
import { type Environment, freshEnvironment } from '../../support/environment.js';
import { type Running, run, start, until } from '../siaran.js';

let environment: Environment;
let env: Record<string, string>;
const running: Running[] = [];

beforeAll(async () => {
  environment = await freshEnvironment();
  env = { ...environment.env };
});

afterAll(async () => {
  for (const each of running) each.child.kill('SIGKILL');
  await environment.drop();
});

async function serve(
  more: Record<string, string> = {},
): Promise<{ url: string; loginUrl: string | null; admin: Running }> {
  const admin = start(['admin', '--port', '0', '--json'], { env: { ...env, ...more } });
  running.push(admin);
  const written = await until(() => admin.stdout().trim(), 'the address');
  return { ...(JSON.parse(written) as { url: string; loginUrl: string | null }), admin };
}

it('without a token serves whom its link lets in, which no log has, and ends when it is told to', async () => {
  const { url, loginUrl, admin } = await serve({ LOG_LEVEL: 'info' });
  expect((await fetch(`${url}/api/v1/runs`)).status).toBe(401);
  const opened = await fetch(loginUrl ?? '', { redirect: 'manual' });
  expect([opened.status, opened.headers.get('location')]).toEqual([303, '/runs']);
  const cookie = opened.headers.get('set-cookie')?.split(';')[0] ?? '';
  expect(await (await fetch(`${url}/runs`, { headers: { Accept: 'text/html', cookie } })).text()).toContain('Runs');
  expect(await (await fetch(`${url}/api/v1/runs`, { headers: { cookie } })).json()).toEqual({ items: [], next: null });
  expect((await fetch(loginUrl ?? '')).status).toBe(401);
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  admin.child.kill('SIGINT');
  const { code, stderr } = await admin.ended;
  expect(code).toBe(0);
  expect(stderr).toContain('login refused');
  expect(stderr).not.toContain(new URL(loginUrl ?? '').searchParams.get('once'));
});

it('asks for a token where there is one, tells who acts, and never shows the token', async () => {
  const { operator: token } = tokens;
  const { url, loginUrl, admin } = await serve({
    SIARAN_ADMIN_TOKEN: `ada:operator:${token},desk:viewer:${tokens.viewer}`,
  });
  expect(loginUrl).toBeNull();
  expect((await fetch(`${url}/api/v1/runs`)).status).toBe(401);
  const as = (name: string) => ({ headers: { Authorization: `Bearer ${name}` } });
  expect((await fetch(`${url}/api/v1/runs`, as(token))).status).toBe(200);
  const denied = await fetch(`${url}/api/v1/holds/resume`, { method: 'POST', ...as(tokens.viewer) });
  expect(denied.status).toBe(403);
  const login = await fetch(url, { headers: { Accept: 'text/html' }, redirect: 'manual' });
  expect([login.status, login.headers.get('location')]).toEqual([303, '/login?next=%2F']);
  admin.child.kill('SIGTERM');
  const { stdout, stderr } = await admin.ended;
  expect(stdout + stderr).not.toContain(token);
});

it.each([
  [['admin', '--host', '0.0.0.0'], {}, /Without SIARAN_ADMIN_TOKEN the admin listens on 127\.0\.0\.1 only/],
  [['admin', '--port', '99999'], {}, /--port is "99999"/],
  [
    ['admin'],
    { SIARAN_ADMIN_TOKEN: 'short' },
    /SIARAN_ADMIN_TOKEN has a token for admin that is shorter than 32 characters; make one with: openssl rand -hex 32/,
  ],
  [['admin'], { SIARAN_ADMIN_TOKEN: `ada:boss:${tokens.viewer}` }, /SIARAN_ADMIN_TOKEN must be/],
])('refuses %j with %j', async (args, more, words) => {
  const { code, stderr } = await run(args, { env: { ...env, ...more } });
  expect(code).toBe(2);
  expect(stderr).toMatch(words);
});

it('says which port is taken', async () => {
  const { url } = await serve();
  const { code, stderr } = await run(['admin', '--port', new URL(url).port], { env });
  expect(code).toBe(1);
  expect(stderr).toMatch(/Port \d+ of 127\.0\.0\.1 is in use/);
});
