import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from '../../../src/local/processes.js';
import { findRedis } from '../../../src/local/redis.js';
import { type LocalServer, startServer } from '../../../src/local/server.js';
import type { RedisServer } from './redis-server.js';

export type RedisSentinel = LocalServer & { port: number };

/** A sentinel, who is asked where the Redis is that it watches under a name. */
export async function startRedisSentinel(given: {
  dataDir: string;
  watched: RedisServer;
  login: { user: string; password: string };
  name: string;
}): Promise<RedisSentinel> {
  const { dataDir, watched, login, name } = given;
  const program = await findRedis(join(process.cwd(), '.siaran', 'tools'));
  const port = await freePort();
  const server = await startServer({
    name: 'Redis',
    dataDir,
    port,
    stopSignals: ['SIGKILL'],
    async prepare() {
      await mkdir(dataDir, { recursive: true, mode: 0o700 });
      const lines = [
        ...[`port ${port}`, 'bind 127.0.0.1', `sentinel monitor ${name} 127.0.0.1 ${watched.port} 1`],
        ...[`sentinel auth-user ${name} ${login.user}`, `sentinel auth-pass ${name} ${login.password}`],
      ];
      await writeFile(join(dataDir, 'sentinel.conf'), `${lines.join('\n')}\n`);
    },
    command: () => ({
      command: program.path,
      args: ['sentinel.conf', '--sentinel'],
      cwd: dataDir,
      env: { ...process.env, ...program.env },
    }),
    url: () => `redis://127.0.0.1:${port}`,
    async ping() {
      const redis = new Redis({ host: '127.0.0.1', port, lazyConnect: true, retryStrategy: () => null });
      redis.on('error', () => {});
      try {
        await redis.connect();
      } finally {
        redis.disconnect();
      }
    },
  });
  return { ...server, port };
}
