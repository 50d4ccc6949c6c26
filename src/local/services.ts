import { join, resolve } from 'node:path';
import { SiaranError } from '../errors.js';
import { startPostgres } from './postgres.js';
import { startRedis } from './redis.js';
import type { LocalServer } from './server.js';

interface ServicesOptions {
  /** Holds both data folders, their logs and the tools; `<cwd>/.siaran`, say. One process at a time may use it. */
  readonly dir: string;
  /** For tests: faster, and worth nothing after a crash. */
  readonly throwaway?: boolean | undefined;
  /** Where a Redis is unpacked if the machine has none; `<dir>/tools` unless given. */
  readonly toolsDir?: string | undefined;
  readonly onProgress?: ((line: string) => void) | undefined;
  /** Aborting it while they start stops what has started and rejects with `INTERRUPTED`. */
  readonly signal?: AbortSignal | undefined;
}

export interface Services {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** Stops Redis, then Postgres. Repeating it is harmless. */
  stop(): Promise<void>;
}

/** Starts a Postgres and a Redis of our own. If one of them fails, neither is left running. */
export async function startServices(options: ServicesOptions): Promise<Services> {
  const { onProgress, throwaway } = options;
  const dir = resolve(options.dir);
  const toolsDir = options.toolsDir ?? join(dir, 'tools');
  throwIfInterrupted(options.signal);
  onProgress?.(`Starting Postgres and Redis in ${dir}`);
  const [postgres, redis] = await Promise.allSettled([
    startPostgres({ dataDir: join(dir, 'postgres'), throwaway }),
    startRedis({ dataDir: join(dir, 'redis'), throwaway, toolsDir, onProgress }),
  ]);
  try {
    throwIfInterrupted(options.signal);
    const [database, buffer] = [started(postgres), started(redis)];
    onProgress?.(`Postgres: ${database.url}`);
    onProgress?.(`Redis: ${buffer.url}`);
    return { databaseUrl: database.url, redisUrl: buffer.url, stop: () => stopAll([buffer, database]) };
  } catch (error) {
    await stopAll([redis, postgres].flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])));
    throw error;
  }
}

function started(result: PromiseSettledResult<LocalServer>): LocalServer {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}

function throwIfInterrupted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new SiaranError('INTERRUPTED', 'Starting Postgres and Redis was interrupted.');
}

/** One that can't be stopped keeps the others from nothing. */
async function stopAll(servers: readonly LocalServer[]): Promise<void> {
  const failures: unknown[] = [];
  for (const server of servers) await server.stop().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}
