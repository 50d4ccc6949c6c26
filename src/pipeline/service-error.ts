import { SiaranError, UnavailableError } from '../errors.js';
import type { RedisAddress } from '../queue/redis/connection.js';
import { explainRedisError, redisErrorOf } from '../queue/redis/redis-error.js';
import { postgresErrorOf } from '../store/postgres/postgres-error.js';

/** The code of what Postgres or Redis says and nobody foresaw. */
export const unexpected = 'UNEXPECTED';

/** Where both are, to be named in messages. */
type Addresses = RedisAddress & Readonly<{ databaseUrl: string }>;

/** What an error of pg, Prisma or ioredis means to whoever called Siaran, with it as the cause; undefined if it is none of theirs. */
export function serviceErrorOf(error: unknown, addresses?: Addresses): SiaranError | undefined {
  if (error instanceof SiaranError) return error;
  return inOrder(
    () => postgresErrorOf(error, addresses?.databaseUrl),
    () => redisErrorOf(error, addresses),
  );
}

/** The same; of a Redis that is away it also finds out why, by a connection of its own. */
export async function explainServiceError(error: unknown, addresses: Addresses): Promise<SiaranError | undefined> {
  const told = serviceErrorOf(error, addresses);
  if (told === error || !(told instanceof UnavailableError) || told.service !== 'Redis') return told;
  return (await explainRedisError(error, addresses)) ?? told;
}

/** The first that knows the error and what to do about it; else the first that knows whose it is. */
function inOrder(...judges: (() => SiaranError | undefined)[]): SiaranError | undefined {
  const told = judges.map((judge) => judge()).filter((each) => each !== undefined);
  return told.find(({ code }) => code !== unexpected) ?? told[0];
}

/** `CLOSED`: a call that began after `close`. */
export function closedError(cause?: unknown): SiaranError {
  return new SiaranError('CLOSED', 'This Siaran was closed. Open another one with openSiaran.', { cause });
}
