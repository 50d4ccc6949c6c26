import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { connectRedis, connectWorkerRedis, type RedisClient } from '../../../src/queue/redis/connection.js';
import { isRedisAway } from '../../../src/queue/redis/redis-faults.js';
import { assertKeepsEverything } from '../../../src/queue/redis/redis-info.js';
import { eventually } from '../../support/rig.js';
import { type RedisServer, startRedisServer } from '../../support/servers/redis-server.js';

// Alone, it would never learn its own address from another node.
const asCluster = ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'];
let dir: string;
let server: RedisServer;
let clients: RedisClient[];

const startServer = (args: readonly string[], port?: number) =>
  startRedisServer({ dataDir: join(dir, 'redis'), args, ...(port && { port }) });

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'siaran-connection-'));
  clients = [];
});
afterEach(async () => {
  for (const client of clients) client.disconnect();
  await server.stop();
  await rm(dir, { recursive: true, force: true });
});

/** What a connection tells of outages. */
function listening() {
  const told: string[] = [];
  return { told, gone: (error: Error) => told.push(`gone: ${error.message}`), back: () => told.push('back') };
}

describe.each([
  ['one server', []],
  ['a cluster', asCluster],
] as const)('while %s is away', (what, args) => {
  test('single commands fail soon, workers wait, and it is told once that it went and once that it is back', async () => {
    server = await startServer(args);
    const admin = server.connect();
    if (what === 'a cluster') await admin.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    admin.disconnect();
    const address =
      what === 'a cluster'
        ? { redisUrl: undefined, redisCluster: [{ host: '127.0.0.1', port: server.port }] }
        : { redisUrl: server.url, redisCluster: undefined };
    const [single, worker] = [listening(), listening()];
    const [redis, waiting] = [connectRedis(address, single), connectWorkerRedis(address, worker)];
    clients = [redis, waiting];
    await eventually(
      () => redis.set('key', 'before').catch(String),
      (reply) => reply === 'OK',
    );
    await waiting.get('key');

    await server.stop();
    for (let times = 0; times < 3; times += 1) {
      const asked = Date.now();
      const failure = await redis.get('key').catch((error: unknown) => error);
      expect(isRedisAway(failure)).toBe(true);
      expect(Date.now() - asked).toBeLessThan(5_000);
    }
    let answered: string | null | undefined;
    const answer = waiting.get('key').then((value) => {
      answered = value;
    });
    await eventually(
      async () => [single.told.length, worker.told.length],
      ([one, other]) => one === 1 && other === 1,
    );
    expect(answered).toBeUndefined();

    server = await startServer(args, server.port);
    await answer;
    expect(answered).toBe('before');
    expect(
      await eventually(
        () => redis.get('key').catch(String),
        (value) => value === 'before',
      ),
    ).toBe('before');
    await eventually(
      async () => [single.told.length, worker.told.length],
      ([one, other]) => one === 2 && other === 2,
    );
    for (const { told } of [single, worker]) expect(told).toEqual([expect.stringMatching(/^gone: .*ECONN/), 'back']);
  });
});

test('a node of a cluster is no Redis of its own, and whoever takes it for one is told so', async () => {
  server = await startServer(asCluster);
  const redis = connectRedis({ redisUrl: server.url, redisCluster: undefined }, listening());
  clients = [redis];
  await expect(assertKeepsEverything(redis)).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringContaining('SIARAN_REDIS_CLUSTER'),
  });
});
