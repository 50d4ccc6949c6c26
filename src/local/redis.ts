import { access, constants, mkdir, stat } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { Redis } from 'ioredis';
import { SiaranError } from '../errors.js';
import { type RedisProgram, unpackedRedis, unpackRedis } from './redis-package.js';
import { type LocalServer, startServer } from './server.js';

interface RedisOptions {
  /** Created when it doesn't exist; kept by `stop`. */
  readonly dataDir: string;
  /** A free one unless given. */
  readonly port?: number | undefined;
  /** The program to start; this machine's unless given. */
  readonly path?: string | undefined;
  readonly throwaway?: boolean | undefined;
  readonly extraArgs?: readonly string[] | undefined;
  /** Where a Redis is unpacked if the machine has none; `.siaran/tools` of the current folder unless given. */
  readonly toolsDir?: string | undefined;
  readonly onProgress?: ((line: string) => void) | undefined;
}

/** Runs a Redis on 127.0.0.1 that writes all to disk and never evicts. It has no password: for demos and tests. */
export async function startRedis(options: RedisOptions): Promise<LocalServer> {
  const dataDir = resolve(options.dataDir);
  const toolsDir = resolve(options.toolsDir ?? join('.siaran', 'tools'));
  const program = options.path ? { path: options.path, env: {} } : await findRedis(toolsDir, options.onProgress);
  return startServer({
    name: 'Redis',
    dataDir,
    port: options.port,
    stopSignals: ['SIGTERM', 'SIGKILL'],
    async prepare() {
      await mkdir(dataDir, { recursive: true, mode: 0o700 });
    },
    command: (port) => ({
      command: program.path,
      args: [
        ...['--bind', '127.0.0.1', '--port', String(port), '--dir', '.', '--daemonize', 'no', '--save', ''],
        ...['--maxmemory-policy', 'noeviction', '--appendonly', 'yes'],
        ...['--appendfsync', options.throwaway ? 'no' : 'everysec', ...(options.extraArgs ?? [])],
      ],
      // Redis splits `--dir` at spaces, so it is started inside of the folder.
      cwd: dataDir,
      env: { ...process.env, ...program.env },
    }),
    url: (port) => `redis://127.0.0.1:${port}`,
    ping,
  });
}

async function ping(port: number): Promise<void> {
  const redis = new Redis({ host: '127.0.0.1', port, lazyConnect: true, retryStrategy: () => null });
  // Without a listener, ioredis prints every refused connection.
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    await redis.ping();
  } finally {
    redis.disconnect();
  }
}

/** The Redis of this machine, or one unpacked for it. */
export async function findRedis(
  toolsDir: string,
  onProgress?: ((line: string) => void) | undefined,
): Promise<RedisProgram> {
  const installed = (await onPath('redis-server')) ?? (await onPath('valkey-server'));
  if (installed !== undefined) return { path: installed, env: {} };
  const unpacked = await unpackedRedis(toolsDir);
  if (unpacked !== undefined) return unpacked;
  if ((await onPath('apt-get')) !== undefined && (await onPath('dpkg')) !== undefined) {
    onProgress?.(`This machine has no Redis: unpacking Debian's into ${toolsDir} (nothing is installed).`);
    return unpackRedis(toolsDir);
  }
  throw new SiaranError(
    'LOCAL',
    'There is no Redis to start: neither redis-server nor valkey-server is on the PATH. Install one ("brew install ' +
      'redis"), or start one yourself (docker compose up) and set REDIS_URL.',
  );
}

async function onPath(program: string): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, program);
    const usable = access(path, constants.X_OK).then(() => stat(path));
    if (folder !== '' && (await usable.catch(() => undefined))?.isFile()) return path;
  }
  return undefined;
}
