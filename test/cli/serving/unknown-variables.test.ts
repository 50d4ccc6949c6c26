import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Environment, freshEnvironment } from '../../support/environment.js';
import { json, run, start, until } from '../siaran.js';

let environment: Environment;
let env: Record<string, string>;

beforeAll(async () => {
  environment = await freshEnvironment();
  const credentials = { QISCUS_APP_ID: 'app', QISCUS_SECRET_KEY: 'key', QISCUS_BASE_URL: 'http://127.0.0.1:9' };
  const secret = { SIARAN_CALLBACK_SECRET: 'a'.repeat(24) };
  env = { ...environment.env, ...credentials, ...secret, LOG_LEVEL: 'warn', SIARAN_APPROVAL_ABOV: '1000' };
});

afterAll(() => environment.drop());

test.each([['worker'], ['admin', '--port', '0'], ['callbacks', '--port', '0']])(
  'siaran %s tells once, as it starts, of a variable that nothing reads',
  async (...command) => {
    const process = start([...command, '--json'], { env });
    await until(() => process.stdout().trim(), 'the start');
    process.child.kill('SIGTERM');
    const { code, stderr } = await process.ended;
    expect(code).toBe(0);
    const told = stderr.split('\n').filter((line) => line.includes('SIARAN_APPROVAL_ABOV '));
    expect(told).toHaveLength(1);
    expect(JSON.parse(told[0] ?? '')).toMatchObject({
      ...{ level: 'warn', variables: ['SIARAN_APPROVAL_ABOV (SIARAN_APPROVAL_ABOVE was probably meant)'] },
    });
  },
);

test('the doctor names it, which is no failure, and what was probably meant', async () => {
  const { stdout } = await run(['doctor', '--json'], { env });
  const checks = JSON.parse(stdout) as { check: string }[];
  expect(checks.find(({ check }) => check === 'Variables')).toEqual({
    ...{ check: 'Variables', ok: true, todo: expect.stringContaining('Correct the names') },
    detail: 'nothing reads SIARAN_APPROVAL_ABOV (SIARAN_APPROVAL_ABOVE was probably meant)',
  });
});

test('a short command says nothing of it', async () => {
  expect(await json(['runs'], { env })).toEqual([]);
  expect((await run(['runs'], { env })).stderr).toBe('');
});
