import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { connectRedis, connectWorkerRedis, type RedisClient } from '../../src/queue/redis/connection.js';
import { isRedisAway } from '../../src/queue/redis/redis-faults.js';
import { type Environment, freshEnvironment } from '../support/environment.js';
import { type SilentProxy, startSilentProxy } from '../support/servers/silent-proxy.js';

let environment: Environment;
let proxy: SilentProxy;
let redis: RedisClient;
const limits = { commandTimeout: 800, socketTimeout: 250 };
const listener = { gone() {}, back() {} };
const address = () => ({ redisUrl: proxy.through(environment.env.REDIS_URL ?? ''), redisCluster: undefined });

beforeEach(async () => {
  environment = await freshEnvironment();
  proxy = await startSilentProxy(environment.env.REDIS_URL ?? '');
});
afterEach(async () => {
  redis.disconnect();
  proxy.close();
  await environment.drop();
});

test('a command that is not answered fails as Redis away, and the next one has a fresh connection', async () => {
  redis = connectRedis(address(), listener, limits);
  expect(await redis.echo('before')).toBe('before');
  proxy.silence();
  const begun = Date.now();
  expect(isRedisAway(await redis.echo('silent').catch((error: unknown) => error))).toBe(true);
  expect(Date.now() - begun).toBeLessThan(2_000);
  proxy.flow('forgotten');
  expect(await redis.echo('after')).toBe('after');
});

test('a command goes out again on a fresh connection when its own was forgotten', async () => {
  redis = connectRedis(address(), listener, { ...limits, commandTimeout: 3_000 });
  expect(await redis.echo('before')).toBe('before');
  proxy.silence();
  proxy.flow('forgotten');
  expect(await redis.echo('once more')).toBe('once more');
});

test("a worker's command waits, and goes out again on a fresh connection", async () => {
  redis = connectWorkerRedis(address(), listener, { socketTimeout: 250 });
  expect(await redis.echo('before')).toBe('before');
  proxy.silence();
  const asked = redis.echo('late');
  setTimeout(() => proxy.flow('forgotten'), 600);
  expect(await asked).toBe('late');
});
