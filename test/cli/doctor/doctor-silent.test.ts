import { expect, test } from '@jest/globals';
import { checkAll } from '../../../src/cli/doctor/doctor-checks.js';
import { judgeDisks, judgeRedisDisk, judgeRedisMemory } from '../../../src/cli/doctor/judge-room.js';
import { parseConfig } from '../../../src/config/config.js';
import { openContext } from '../../../src/context.js';
import type { RedisInfo } from '../../../src/queue/redis/redis-info.js';
import { freshEnvironment } from '../../support/environment.js';
import { startSilentProxy } from '../../support/servers/silent-proxy.js';

test('doctor ends within 10 s beside a Postgres and a Redis that accept and stay silent', async () => {
  const environment = await freshEnvironment();
  const [postgres, redis] = await Promise.all([
    startSilentProxy(environment.databaseUrl),
    startSilentProxy(environment.env.REDIS_URL ?? ''),
  ]);
  for (const proxy of [postgres, redis]) proxy.silence();
  const begun = Date.now();
  const ctx = openContext(
    parseConfig({
      ...environment.env,
      DATABASE_URL: postgres.through(environment.databaseUrl),
      REDIS_URL: redis.through(environment.env.REDIS_URL ?? ''),
      QISCUS_BASE_URL: 'http://127.0.0.1:9',
    }),
  );
  const checks = await checkAll(ctx);
  await ctx.close();
  expect(Date.now() - begun).toBeLessThan(10_000);
  const detailOf = (name: string) => checks.find(({ check }) => check === name);
  for (const name of ['Redis reachable', 'Postgres reachable', 'Migrations', 'Workers', 'Holds'])
    expect(detailOf(name)).toMatchObject({ ok: false, detail: expect.not.stringMatching(/\n|Error/) });
  for (const proxy of [postgres, redis]) proxy.close();
  await environment.drop();
}, 30_000);

test('doctor warns of a Redis that is full, or cannot write its file, and of a disk that is full', async () => {
  const info = (about: Partial<RedisInfo>) => ({ failedWrites: [], fullness: undefined, ...about }) as never;
  expect(judgeRedisMemory(info({ fullness: 0.5 }))).toEqual({ ok: true, detail: '50 % of maxmemory' });
  expect(judgeRedisMemory(info({ fullness: 0.85 }))).toMatchObject({
    ok: true,
    todo: expect.stringContaining('Raise'),
  });
  expect(judgeRedisMemory(info({ fullness: 1.01 }))).toMatchObject({ ok: false, detail: '101 % of maxmemory' });
  expect(judgeRedisDisk(info({}))).toMatchObject({ ok: true });
  expect(judgeRedisDisk(info({ failedWrites: ['aof_last_write_status'] }))).toMatchObject({
    ok: false,
    detail: expect.stringContaining('aof_last_write_status'),
  });
  expect(await judgeDisks(['.'])).toMatchObject({ detail: expect.stringMatching(/\d % used, [\d,]+ MB free/) });
  // A file system of the kernel has no room at all.
  expect(await judgeDisks(['/sys'])).toBeDefined();
});
