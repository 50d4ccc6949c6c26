import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Environment, freshEnvironment } from '../../support/environment.js';
import { run } from '../siaran.js';

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

describe('doctor', () => {
  type Checks = { check: string; ok: boolean; detail: string; todo: string | null }[];
  const failing = (checks: Checks) => checks.filter(({ ok }) => !ok).map(({ check }) => check);

  it('finds only what is amiss', async () => {
    const { code, stdout } = await run(['doctor', '--json'], {
      env: { ...env, QISCUS_SECRET_KEY: '', SIARAN_DEFAULT_COUNTRY: 'ID' },
    });
    expect(code).toBe(1);
    const checks = JSON.parse(stdout) as Checks;
    expect(failing(checks).sort()).toEqual(expect.arrayContaining(['Qiscus credentials', 'Qiscus reachable']));
    expect(failing(checks)).not.toContain('Redis reachable');
    expect(failing(checks)).not.toContain('Migrations');
    for (const { ok, todo } of checks) expect(todo === null).toBe(ok);
  });

  it('with a dead Redis shows that, and that Postgres is well', async () => {
    const { code, stdout, stderr } = await run(['doctor', '--json'], {
      env: { ...env, LOG_LEVEL: '', REDIS_URL: 'redis://127.0.0.1:9' },
    });
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    const failed = failing(JSON.parse(stdout) as Checks);
    expect(failed).toContain('Redis reachable');
    expect(failed.filter((check) => /Postgres|Migrations|Holds/.test(check))).not.toContain('Postgres reachable');
    const people = await run(['doctor'], { env: { ...env, REDIS_URL: 'redis://127.0.0.1:9' } });
    expect(people.stdout).toMatch(/^FAIL +Redis reachable .*\n +to do: Start Redis/);
    expect(people.stdout).toMatch(/^OK +Postgres reachable/m);
  });

  it('with a dead Postgres shows that, and that Redis is well', async () => {
    const { stdout } = await run(['doctor', '--json'], { env: { ...env, DATABASE_URL: 'postgres://127.0.0.1:9/x' } });
    const checks = JSON.parse(stdout) as Checks;
    expect(failing(checks)).toEqual(expect.arrayContaining(['Postgres reachable', 'Migrations', 'Holds']));
    expect(checks.find(({ check }) => check === 'Redis reachable')?.ok).toBe(true);
  });

  it('never advises to start the service that is well', async () => {
    const todos = async (more: Record<string, string>) => {
      const { stdout } = await run(['doctor', '--json'], { env: { ...env, ...more } });
      return (JSON.parse(stdout) as { ok: boolean; todo: string | null }[]).flatMap(({ ok, todo }) =>
        ok ? [] : [todo],
      );
    };
    const [redisAway, postgresAway] = await Promise.all([
      todos({ REDIS_URL: 'redis://127.0.0.1:9' }),
      todos({ DATABASE_URL: 'postgres://127.0.0.1:9/x' }),
    ]);
    expect(redisAway).toContain('Start Redis, or correct REDIS_URL (of a cluster also SIARAN_REDIS_CLUSTER).');
    expect(redisAway.join()).not.toContain('Start Postgres');
    expect(postgresAway).toContain('Start Postgres, or correct DATABASE_URL.');
    expect(postgresAway.join()).not.toContain('Start Redis');
  });

  it('ends soon although Postgres accepts and stays silent, and says that it is Postgres', async () => {
    const sockets = new Set<Socket>();
    const silent = createServer((socket) => sockets.add(socket.on('error', () => {})));
    await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening));
    const { port } = silent.address() as AddressInfo;
    try {
      const timed = async (more: Record<string, string>) => {
        const begun = performance.now();
        const ended = await run(['doctor', '--json'], { alone: true, env: { ...env, ...more } });
        return { ...ended, tookMs: performance.now() - begun };
      };
      const url = `postgres://127.0.0.1:${port}/x`;
      const [well, { code, stdout, tookMs }] = await Promise.all([timed({}), timed({ DATABASE_URL: url })]);
      // Beyond what a machine that is busy takes for it anyway.
      expect(tookMs - well.tookMs).toBeLessThan(8_000);
      expect(code).toBe(1);
      const checks = JSON.parse(stdout) as { check: string; ok: boolean; todo: string | null }[];
      expect(checks.find(({ check }) => check === 'Redis reachable')).toMatchObject({ ok: true });
      expect(checks.filter(({ ok, todo }) => !ok && todo?.startsWith('Start Redis'))).toEqual([]);
      expect(checks.find(({ check }) => check === 'Holds')).toMatchObject({
        ok: false,
        todo: 'Start Postgres, or correct DATABASE_URL.',
      });
    } finally {
      for (const socket of sockets) socket.destroy();
      silent.close();
    }
  });

  it('migrates with nothing but DATABASE_URL', async () => {
    const { DATABASE_URL = '' } = env;
    expect(await run(['migrate', '--json'], { env: { DATABASE_URL } })).toMatchObject({ code: 0, stderr: '' });
    expect(await run(['migrate'], {})).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/DATABASE_URL is not set/),
    });
  });

  it('tells a database that is not migrated from one that is', async () => {
    const url = Object.assign(new URL(env.DATABASE_URL ?? ''), { pathname: '/postgres' }).href;
    const { stdout } = await run(['doctor', '--json'], { env: { ...env, DATABASE_URL: url } });
    const migrations = (JSON.parse(stdout) as Checks).find(({ check }) => check === 'Migrations');
    expect(migrations).toMatchObject({ ok: false, todo: 'Run `siaran migrate`.' });
    const asked = await run(['runs'], { env: { ...env, DATABASE_URL: url } });
    expect(asked).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: .*siaran migrate.*\n$/) });
  });
});
