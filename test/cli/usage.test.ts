import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Environment, freshEnvironment } from '../support/environment.js';
import { bin, json, root, run, start, until } from './siaran.js';

const commands = [
  ...[
    'migrate',
    'worker',
    'send',
    'seal',
    'close-source',
    'runs',
    'run',
    'batches',
    'rejections',
    'export',
    'retry',
    'resume',
    'resolve',
    'pause',
    'approve',
    'cancel',
    'verify',
  ],
  ...['callbacks', 'recipient', 'doctor', 'sandbox', 'demo'],
];

let environment: Environment;
let env: Record<string, string>;

beforeAll(async () => {
  environment = await freshEnvironment();
  env = {
    ...environment.env,
    QISCUS_APP_ID: 'app',
    QISCUS_SECRET_KEY: 'secret',
    QISCUS_BASE_URL: 'http://127.0.0.1:9',
  };
});

afterAll(async () => {
  await environment.drop();
});

it('the help names every command', async () => {
  const { code, stdout } = await run(['--help'], { alone: true });
  expect(code).toBe(0);
  for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
});

it.each(commands)('the help of %s describes it, knows --json and gives an example', async (command) => {
  const { code, stdout } = await run([command, '--help']);
  expect(code).toBe(0);
  expect(stdout).toMatch(new RegExp(`Usage: siaran ${command} `));
  expect(stdout).toMatch(/--json/);
  expect(stdout).toMatch(new RegExp(`Examples:\\n(.*\\n)*? .*siaran ${command}`));
});

it('the version is that of the package', async () => {
  const { version } = JSON.parse(await readFile(`${root}/package.json`, 'utf8')) as { version: string };
  expect(await run(['--version'], { alone: true })).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

it('the program is a script of Node', async () => {
  expect(await readFile(bin, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
});

describe('wrong usage ends with 2 and one message', () => {
  const settings = ['--template-detail-id', '172', '--name', 'x'];
  it.each<[RegExp, string[]]>([
    [/unknown command 'sedn'\n\(Did you mean send\?\)/, ['sedn']],
    [/unknown option '--nmae'\n\(Did you mean --name\?\)/, ['send', '--nmae', 'x']],
    [/Usage: siaran/, []],
    [/missing required argument 'run'/, ['run']],
    [/required option '--name/, ['send', 'x.csv', '--template-detail-id', '172']],
    [/there is no such file/, ['send', 'no/such/file', ...settings]],
    [/is a folder/, ['send', '.', ...settings]],
    [/--template-detail-id is "x"/, ['send', 'x.csv', '--template-detail-id', 'x', '--name', 'x']],
    [
      /--start-at: "2027-01-01 09:00" has no time zone/,
      ['send', 'x.csv', ...settings, '--start-at', '2027-01-01 09:00'],
    ],
    [/--again makes a new key/, ['send', 'x.csv', ...settings, '--again', '--key', 'k']],
    [/--no-seal leaves open/, ['send', 'x.csv', ...settings, '--watch', '--no-seal']],
    [/flushAfter is "soon"; write a duration/, ['send', '-', ...settings, '--flush-after', 'soon']],
    [/--limit is "0"/, ['runs', '--limit', '0']],
    [/either a run or --all/, ['resume', 'r00000000', '--all']],
    [/either a run or --all/, ['resume']],
    [/either --sent JOB_ID or --not-sent/, ['resolve', 'r00000000-0001']],
    [/broadcast job, such as/, ['resolve', 'r00000000-0001', '--sent', 'twelve']],
  ])('%s', async (message, args) => {
    const { code, stdout, stderr } = await run(args, { env, input: 'phone_number\n' });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/ {4}at /);
  });

  it('a configuration with faults is told in full, whatever is asked for', async () => {
    const { code, stdout, stderr } = await run(['runs', '--json'], {
      alone: true,
      env: { SIARAN_CONCURRENCY: 'many' },
    });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    for (const name of ['DATABASE_URL', 'REDIS_URL', 'SIARAN_CONCURRENCY']) expect(stderr).toContain(name);
    expect(stderr).not.toMatch(/ {4}at /);
  });

  it('a worker without credentials says which', async () => {
    const worker = await run(['worker'], { env: environment.env });
    expect(worker).toMatchObject({ code: 2, stderr: expect.stringMatching(/QISCUS_APP_ID and QISCUS_SECRET_KEY/) });
  });
});

it('a Redis or Postgres that is away is one message', async () => {
  const settings = ['--template-detail-id', '1', '--name', 'x', '--key', 'away'];
  const { runId } = await json<{ runId: string }>(['send', '-', ...settings], {
    alone: true,
    env,
    input: 'phone_number\n6281234567890\n',
  });
  const redis = await run(['run', runId, '--json'], {
    alone: true,
    env: { ...noLevel(), REDIS_URL: 'redis://127.0.0.1:9' },
  });
  expect(redis).toEqual({
    code: 1,
    stdout: '',
    stderr: "error: Redis can't be reached: connect ECONNREFUSED 127.0.0.1:9\n",
  });
  const postgres = await run(['runs', '--json'], {
    alone: true,
    env: { ...noLevel(), DATABASE_URL: 'postgres://127.0.0.1:9/x' },
  });
  expect(postgres).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^error: Postgres can't be reached.*\n$/),
  });
});

function noLevel(): Record<string, string> {
  return { ...env, LOG_LEVEL: '' };
}

describe('the worker', () => {
  it.each([
    ['siaran worker', bin, ['worker', '--json'], 'SIGTERM'],
    ['siaran worker', bin, ['worker', '--json'], 'SIGINT'],
    ['workers/main.js', `${root}/dist/workers/main.js`, ['--json'], 'SIGTERM'],
  ] as const)('%s runs until a signal, and then ends with 0', async (_, file, args, signal) => {
    const worker = start(args, { env, file });
    await until(() => worker.stdout().includes('\n'), 'the worker');
    expect(JSON.parse(worker.stdout())).toEqual({ worker: expect.stringContaining(String(worker.child.pid)) });
    worker.child.kill(signal);
    expect((await worker.ended).code).toBe(0);
  });

  it('that is told twice to stop ends at once with 1', async () => {
    const { startSandbox } = await import('../../src/sandbox/server.js');
    const sandbox = await startSandbox({ faults: [{ on: 'upload', kind: 'latency', latencyMs: 20_000 }] });
    try {
      const slow = { ...env, QISCUS_BASE_URL: sandbox.url };
      const worker = start(['worker'], { env: slow });
      await json(['send', '-', '--template-detail-id', '1', '--name', 'x', '--key', 'slow'], {
        env: slow,
        input: 'phone_number\n6289912345678\n',
      });
      await until(() => sandbox.accepted.summary().requests.upload > 0, 'an upload');
      worker.child.kill('SIGTERM');
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(worker.child.exitCode).toBeNull();
      worker.child.kill('SIGTERM');
      expect((await worker.ended).code).toBe(1);
    } finally {
      await sandbox.close();
    }
  });
});
