import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort, run } from '../../../src/local/processes.js';
import { findRedis } from '../../../src/local/redis.js';
import { type LocalServer, startServer } from '../../../src/local/server.js';

const toolsDir = join(process.cwd(), '.siaran', 'tools');
const firstBusPort = 10_000;

export type RedisTls = { certPath: string; keyPath: string; caPath: string; ca: string };

export type RedisServer = LocalServer & {
  port: number;
  /** A connection of the caller's own, with what it takes to get in. */
  connect(): Redis;
};

export type RedisServerOptions = {
  dataDir: string;
  /** Then it speaks nothing but TLS. */
  tls?: RedisTls | undefined;
  /** Then nobody gets in without it. */
  login?: { user: string; password: string } | undefined;
  /** A free one unless given. */
  port?: number;
  args?: readonly string[];
};

/** A Redis as no demo needs it: with TLS, with a user and a password, or as a node of a cluster. */
export async function startRedisServer({
  dataDir,
  tls,
  login,
  args = [],
  ...given
}: RedisServerOptions): Promise<RedisServer> {
  const program = await findRedis(toolsDir);
  const port = given.port ?? (await freeClusterPort());
  const options = {
    port,
    host: '127.0.0.1',
    ...(login && { username: login.user, password: login.password }),
    ...(tls && { tls: { ca: tls.ca } }),
  };
  const server = await startServer({
    name: 'Redis',
    dataDir,
    port,
    stopSignals: ['SIGKILL'],
    async prepare() {
      await mkdir(dataDir, { recursive: true, mode: 0o700 });
    },
    command: () => ({
      command: program.path,
      args: [
        ...['--bind', '127.0.0.1', '--dir', '.', '--save', '', '--appendonly', 'yes', '--appendfsync', 'no'],
        ...['--maxmemory-policy', 'noeviction', ...portArgs(port, tls), ...loginArgs(login), ...args],
      ],
      cwd: dataDir,
      env: { ...process.env, ...program.env },
    }),
    url: () => {
      const { user = '', password = '' } = login ?? {};
      return Object.assign(new URL(`${tls ? 'rediss' : 'redis'}://127.0.0.1:${port}`), { username: user, password })
        .href;
    },
    async ping() {
      const redis = new Redis({ ...options, lazyConnect: true, retryStrategy: () => null });
      redis.on('error', () => {});
      try {
        await redis.connect();
      } finally {
        redis.disconnect();
      }
    },
  });
  return {
    ...server,
    port,
    connect() {
      const redis = new Redis(options);
      redis.on('error', () => {});
      return redis;
    },
  };
}

/** Why this machine's Redis can't speak TLS, if it can't: it is an option of its build. */
export async function lackOfTls(): Promise<string | undefined> {
  const { path, env } = await findRedis(toolsDir);
  // One that knows TLS complains of the value, one that doesn't of the name.
  const complaint = await run({ command: path, args: ['--tls-port', 'none'], env: { ...process.env, ...env } }).catch(
    String,
  );
  return /Bad directive/i.test(complaint) ? `${path} was built without TLS` : undefined;
}

function portArgs(port: number, tls: RedisTls | undefined): string[] {
  if (!tls) return ['--port', String(port)];
  const files = ['--tls-cert-file', tls.certPath, '--tls-key-file', tls.keyPath, '--tls-ca-cert-file', tls.caPath];
  return ['--port', '0', '--tls-port', String(port), ...files, '--tls-auth-clients', 'no'];
}

function loginArgs(login: RedisServerOptions['login']): string[] {
  if (!login) return [];
  const { user, password } = login;
  const ours = ['--user', user, 'on', `>${password}`, '~*', '&*', '+@all', '--user', 'default', 'off'];
  return [...ours, '--masteruser', user, '--masterauth', password];
}

/** Nodes of a cluster talk to each other on another port, 10,000 above. */
async function freeClusterPort(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (port + firstBusPort <= 65_535) return port;
  }
}
