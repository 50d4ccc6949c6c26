import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../../src/sandbox/server.js';
import { type Environment, freshEnvironment } from '../../support/environment.js';
import { json, run, start, until } from '../siaran.js';

const acmeSecret = 'acme-secret-key';
const settings = ['--template-detail-id', '172', '--name', 'Test'];
const recipient = 'phone_number\n6289911110000\n';

let environment: Environment;
let sandbox: Sandbox;
let folder: string;
/** The account `default` by variables, `acme` and a dozen others by the file. */
let env: Record<string, string>;

beforeAll(async () => {
  environment = await freshEnvironment();
  sandbox = await startSandbox({ appId: 'acme-app', secretKey: acmeSecret });
  folder = await mkdtemp(join(tmpdir(), 'siaran-accounts-'));
  const path = join(folder, 'accounts.yaml');
  // The one secret is the beginning of the others.
  const others = Array.from({ length: 12 }, (_, index) => [
    `other-${index}`,
    { appId: 'x', secretKey: `${acmeSecret}-longer` },
  ]);
  const accounts = { acme: { appId: 'acme-app', secretKey: acmeSecret }, ...Object.fromEntries(others) };
  await writeFile(path, JSON.stringify(accounts), { mode: 0o600 });
  const provider = { QISCUS_BASE_URL: sandbox.url, QISCUS_APP_ID: 'app', QISCUS_SECRET_KEY: 'default-secret' };
  env = { ...environment.env, ...provider, SIARAN_ACCOUNTS_FILE: path, SIARAN_CONCURRENCY: '1' };
});

afterAll(async () => {
  await sandbox.close();
  await rm(folder, { recursive: true, force: true });
  await environment.drop();
});

it('a run goes out through the account that is named, and says so where it is not the default one', async () => {
  const worker = start(['worker'], { env: { ...env, LOG_LEVEL: 'trace' } });
  try {
    // The sandbox refuses the credentials of the default account.
    const ours = await json<{ runId: string }>(['send', '-', ...settings, '--key', 'ours'], { env, input: recipient });
    const sent = await json<{ runId: string; run: object }>(
      ['send', '-', ...settings, '--key', 'theirs', '--account', 'acme', '--watch'],
      { env, input: recipient },
    );
    expect(sent.run).toMatchObject({ account: 'acme', outcome: 'handed_over' });
    expect((await run(['run', sent.runId], { env })).stdout).toMatch(/\n {2}account {5}acme\n/);
    expect((await run(['run', ours.runId], { env })).stdout).not.toMatch(/account {5}/);
    expect((await run(['runs'], { env })).stdout).toMatch(/^run +name +account +status/);
    expect((await run(['runs', '--limit', '1'], { env })).stdout).toMatch(/ acme +handed over to Qiscus/);
    const held = await until(async () => (await json<Held>(['run', ours.runId], { env })).held, 'a hold');
    expect(held.kind).toBe('refused');
  } finally {
    worker.child.kill('SIGTERM');
  }
  const { stderr } = await worker.ended;
  expect(stderr).toContain('"accounts":["default","acme","other-0"');
  expect(stderr).toContain('account held');
  for (const secret of [acmeSecret, 'default-secret', 'MaxListeners']) expect(stderr).not.toContain(secret);
});

type Held = { held: { kind: string } | null };

it("a file's secrets are redacted in logs", async () => {
  const script = `
    const { openContext } = await import('./dist/src/context.js');
    const { parseConfig } = await import('./dist/src/config/config.js');
    const ctx = openContext(parseConfig(process.env));
    ctx.logger.warn('one is ${acmeSecret}, one ${acmeSecret}-longer, one default-secret.');
    await ctx.close();`;
  const path = join(folder, 'log.mjs');
  await writeFile(path, script.replaceAll('./dist', `${process.cwd()}/dist`));
  const { stderr } = await start([], { file: path, env: { ...env, LOG_LEVEL: 'warn' } }).ended;
  expect(stderr).toContain('one is ***, one ***, one ***.');
});

describe('an account that there is not', () => {
  it('is one message with the names of those there are, whoever names it', async () => {
    const campaign = ['--columns', 'phone_number', '--audience', 'function:x', '--schedule', '2028-01-01T00:00:00Z'];
    const north = ['--account', 'north'];
    for (const args of [
      ['send', '-', ...settings, '--key', 'north', ...north],
      ['send', '-', ...settings, '--dry-run', ...north],
      ['campaign', 'add', ...settings, ...campaign, ...north],
    ]) {
      const { code, stdout, stderr } = await run(args, { env, input: recipient, cwd: folder });
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/^error: There is no account "north"; there are acme, default, other-0, [^\n]*\n$/m);
      expect(stderr).not.toMatch(/ {4}at /);
    }
  });

  it('has its name checked before anything else', async () => {
    const { code, stderr } = await run(['send', '-', ...settings, '--key', 'x', '--account', 'a:b'], {
      env,
      input: recipient,
    });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/account is "a:b"; the name of an account is of 1 to 40 lower-case letters/),
    });
  });
});

describe('doctor', () => {
  type Checks = { check: string; ok: boolean; detail: string; todo: string | null }[];
  const checksWith = async (more: Record<string, string>) => {
    const { stdout } = await run(['doctor', '--json'], { env: { ...env, ...more } });
    return Object.fromEntries((JSON.parse(stdout) as Checks).map(({ check, ...rest }) => [check, rest]));
  };
  const fileOf = async (accounts: object) => {
    const path = join(folder, 'doctor.yaml');
    await writeFile(path, JSON.stringify(accounts), { mode: 0o600 });
    return { SIARAN_ACCOUNTS_FILE: path };
  };

  it('says by its name which account can not be reached', async () => {
    const north = { appId: 'n', secretKey: 'north-secret', baseUrl: 'http://127.0.0.1:9' };
    const checks = await checksWith(await fileOf({ north, acme: { appId: 'acme-app', secretKey: acmeSecret } }));
    expect(checks['Qiscus reachable']).toEqual({
      ok: false,
      detail: expect.stringMatching(/^north: http:\/\/127\.0\.0\.1:9: .*ECONNREFUSED/),
      todo: 'Check the baseUrl of north and the connection to the internet.',
    });
    expect(checks['Qiscus credentials']).toMatchObject({
      ok: true,
      detail: 'of 3 accounts: default (app id app), north (app id n), acme (app id acme-app)',
    });
    expect(JSON.stringify(checks)).not.toMatch(/secret-key|north-secret/);
  });

  it('warns of a file that others may read', async () => {
    const given = await fileOf({ acme: { appId: 'acme-app', secretKey: acmeSecret } });
    const path = given.SIARAN_ACCOUNTS_FILE;
    expect((await checksWith(given))['Accounts file']).toEqual({ ok: true, detail: path, todo: null });
    await chmod(path, 0o640);
    expect((await checksWith(given))['Accounts file']).toEqual({
      ok: true,
      detail: `${path}, which others may read too`,
      todo: `If they shouldn't: chmod 600 ${path}`,
    });
  });

  it('tells the accounts that have batches to deliver and no worker', async () => {
    await environment.query(`UPDATE batches SET status = 'pending', broadcast_job_id = NULL WHERE account = 'acme'`);
    await environment.redis.del(`${environment.env.SIARAN_PREFIX}:{workers}:accounts`);
    expect((await checksWith({})).Accounts).toMatchObject({ ok: true });
    expect((await checksWith({ SIARAN_ACCOUNTS_FILE: '' })).Accounts).toEqual({
      ok: false,
      detail: 'acme has 1 to deliver, and its credentials are not here',
      todo: expect.stringMatching(/SIARAN_ACCOUNTS_FILE/),
    });
    // Whatever this configuration has: what counts is who is at work.
    await environment.redis.zadd(`${environment.env.SIARAN_PREFIX}:{workers}:accounts`, Date.now(), 'default');
    expect((await checksWith({})).Accounts).toMatchObject({
      ok: false,
      detail: 'acme has 1 to deliver, and no worker at work has its credentials',
    });
  });
});
