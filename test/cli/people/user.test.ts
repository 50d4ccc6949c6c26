import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Environment, freshEnvironment } from '../../support/environment.js';
import { json, run } from '../siaran.js';

let environment: Environment;

beforeAll(async () => {
  environment = await freshEnvironment();
});
afterAll(() => environment.drop());

const siaran = (...args: string[]) => run(['user', ...args], { env: { ...environment.env, SIARAN_ACTOR: 'head' } });
const document = <T>(...args: string[]) =>
  json<T>(['user', ...args], { env: { ...environment.env, SIARAN_ACTOR: 'head' } });

it('invites people by a link, which is good once and shown this once', async () => {
  const env = { ...environment.env, SIARAN_ADMIN_URL: 'https://siaran.example.com/' };
  const invited = await run(['user', 'invite', 'sari', '--role', 'analyst', '--email', 'Sari@example.com'], { env });
  expect(invited.stdout).toMatch(/^https:\/\/siaran\.example\.com\/invitation\?once=[\w-]{43}\n$/);
  expect(invited.stderr).toContain('shown this once');
  const again = await document<{ url: string }>('link', 'sari');
  expect(again).toMatchObject({ name: 'sari', url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:3000\/invitation/) });
  const tls = { ...environment.env, SIARAN_TLS_CERT_FILE: '/run/tls.pem', SIARAN_TLS_KEY_FILE: '/run/tls-key.pem' };
  const served = await json<{ url: string }>(['user', 'link', 'sari'], { env: tls });
  expect(served.url).toMatch(/^https:\/\/127\.0\.0\.1:3000\/invitation/);
  expect(await siaran('email', 'sari', 'other@example.com')).toMatchObject({ code: 0 });
  const users = await document<{ name: string }[]>('list');
  expect(users.find(({ name }) => name === 'sari')).toMatchObject({ email: 'other@example.com', hasPassword: false });
});

it('gives people roles and takes them away, and makes nobody a password', async () => {
  expect((await siaran('invite', 'ada', '--role', 'operator')).code).toBe(0);
  expect(await siaran('role', 'ada', 'owner')).toMatchObject({ code: 0, stdout: 'The role of ada is owner.\n' });
  expect(await document('list')).toMatchObject([{ name: 'ada', role: 'owner', revokedAt: null }, { name: 'sari' }]);
  expect(await siaran('revoke', 'ada')).toMatchObject({ code: 0, stdout: 'ada no longer has access.\n' });
  const { stdout } = await siaran('list');
  expect(stdout).toMatch(/^Name +Role +E-mail +Second factor +Since +Revoked\nada +owner/);
  const actions = await environment.query<{ action: string; actor: string }>(
    "SELECT action, actor FROM audit_entries WHERE target = 'ada' ORDER BY id",
  );
  expect(actions.map(({ action }) => action)).toEqual(['user invite', 'user role', 'user revoke']);
  expect(actions.every(({ actor }) => actor === 'head')).toBe(true);
  for (const command of ['add', 'password']) expect((await siaran(command, 'ada')).code).toBe(2);
});

it('issues tokens for programs, and takes them away', async () => {
  await siaran('invite', 'desk', '--role', 'viewer');
  const issued = await document<{ id: string; token: string }>(
    'token',
    'add',
    'desk',
    '--label',
    'crm',
    '--expires',
    '30d',
  );
  const listed = await siaran('token', 'list');
  expect(listed.stdout).toContain(issued.id);
  expect(listed.stdout).toContain('never');
  expect(listed.stdout).not.toContain(issued.token);
  expect((await siaran('token', 'revoke', issued.id)).code).toBe(0);
  expect(await document('token', 'list')).toEqual([]);
});

it.each([
  [
    ['invite', 'eve', '--role', 'boss'],
    /'boss' is invalid. Allowed choices are viewer, analyst, operator, approver, owner/,
  ],
  [['invite', 'desk', '--role', 'viewer'], /There is a user desk already/],
  [['invite', 'eve', '--role', 'viewer', '--email', 'eve'], /This isn.t an e-mail address/],
  [['link', 'nobody'], /There is no user "nobody"/],
  [['role', 'nobody', 'viewer'], /There is no user "nobody" who has access/],
  [['token', 'add', 'desk', '--label', 'x', '--expires', '900d'], /--expires is "900d"; write a duration up to 366d/],
  [['token', 'revoke', 'none'], /There is no token "none"/],
])('refuses %j', async (args, words) => {
  const { code, stderr } = await siaran(...args);
  expect([code, stderr]).toEqual([2, expect.stringMatching(words)]);
});
