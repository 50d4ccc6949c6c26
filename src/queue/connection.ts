import { Redis } from 'ioredis';
import { errorChain } from '../errors.js';

/** Hears once that Redis has gone, however often connecting fails, and once that it is back. */
export type OutageListener = { gone(error: Error): void; back(): void };

/** A connection for single commands: while Redis is away they fail at once, and the caller decides how long to try. */
export function connectRedis(url: string, listener: OutageListener): Redis {
  const redis = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: 1,
    connectTimeout: 5_000,
    commandTimeout: 10_000,
    retryStrategy: (attempt) => Math.min(100 * attempt, 2_000),
  });
  return tellOutages(redis, listener);
}

/** A connection for a BullMQ worker, whose blocking commands wait for as long as it takes. */
export function connectWorkerRedis(url: string, listener: OutageListener): Redis {
  const redis = new Redis(url, {
    maxRetriesPerRequest: null,
    connectTimeout: 5_000,
    retryStrategy: (attempt) => Math.min(100 * attempt, 2_000),
  });
  return tellOutages(redis, listener);
}

function tellOutages(redis: Redis, listener: OutageListener): Redis {
  let gone = false;
  redis.on('error', (error: Error) => {
    if (!gone) listener.gone(error);
    gone = true;
  });
  redis.on('ready', () => {
    if (gone) listener.back();
    gone = false;
  });
  return redis;
}

/** Whether an error says that Redis couldn't be reached or went away. */
export function isRedisAway(error: unknown): boolean {
  return away.test(errorChain(error));
}

/** Whether Redis refused a write because it is full. */
export function isRedisFull(error: unknown): boolean {
  return /\bOOM\b/.test(errorChain(error));
}

/** Node's connection errors, ioredis's own, and what a Redis says that starts or fails over. */
const away =
  /ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN|MaxRetriesPerRequest|Connection is closed|Command timed out|writeable|\bLOADING\b|\bREADONLY\b|\bCLUSTERDOWN\b/i;
