import { maskPhoneNumbersIn } from '../../domain/numbers/mask-number.js';
import { isError, messageOf, RefusedError, SiaranError, UnavailableError } from '../../errors.js';
import { type RedisAddress, whyRedisIsAway } from './connection.js';
import { isClustersNode, isRedisAway, isRedisDiskFull, isRedisFull, isRedisRefused } from './redis-faults.js';
import { clustersNodeHint } from './redis-info.js';

/** What an error of ioredis means to whoever called Siaran; undefined if it isn't one. @param address to name it in the message. */
export function redisErrorOf(error: unknown, address?: RedisAddress): SiaranError | undefined {
  withoutArguments(error);
  const reason = reasonOf(error);
  const told = `${reason}${placeOf(address, reason)}`;
  if (isClustersNode(error)) return new RefusedError('Redis', clustersNodeHint, error);
  if (isRedisRefused(error)) {
    const what = /\bNOPERM\b/.test(messageOf(error)) ? 'a command' : 'the connection';
    return new RefusedError('Redis', `Redis refuses ${what}${told}`, error);
  }
  if (isRedisFull(error)) {
    const what = isRedisDiskFull(error) ? "Redis can't write its file" : 'Redis is full';
    return new SiaranError('REDIS_FULL', `${what}${told}`, { cause: error, retryable: true });
  }
  if (isRedisAway(error)) return awayFor(error, address);
  if (isOfRedis(error))
    return new SiaranError('UNEXPECTED', `Redis failed at a command of Siaran${told}`, { cause: error });
  return undefined;
}

/** The same; a command only says that it didn't get through, and connecting says why. */
export async function explainRedisError(error: unknown, address: RedisAddress): Promise<SiaranError | undefined> {
  const why = isRedisAway(error) ? await whyRedisIsAway(address) : undefined;
  if (why === undefined) return redisErrorOf(error, address);
  // A certificate that isn't trusted, for example, is an error of neither driver.
  return redisErrorOf(why, address) ?? awayFor(why, address);
}

/** ioredis keeps what it sent with an error: passwords and recipients, which whoever prints the error would print too. */
function withoutArguments(error: unknown): void {
  const { command } = (isError(error) ? error : {}) as { command?: { name: string; args?: unknown } };
  if (command?.args !== undefined) command.args = [];
}

function awayFor(error: unknown, address: RedisAddress | undefined): UnavailableError {
  const reason = reasonOf(error);
  return new UnavailableError('Redis', error, `Redis can't be reached${reason}${placeOf(address, reason)}`);
}

function isOfRedis(error: unknown): boolean {
  return (error as { name?: unknown } | undefined)?.name === 'ReplyError';
}

/** Where it was, unless the reason has said it. */
function placeOf(address: RedisAddress | undefined, reason: string): string {
  if (address?.redisCluster)
    return ` (cluster at ${address.redisCluster.map(({ host, port }) => `${host}:${port}`).join(', ')})`;
  if (address?.redisUrl === undefined) return '';
  const { host } = new URL(address.redisUrl);
  return reason.includes(host) ? '' : ` (${host})`;
}

/** What ioredis says of its own options helps nobody. */
function reasonOf(error: unknown): string {
  const line = messageOf(error).trim().split('\n').at(-1) ?? '';
  if (line === '' || /retries per request|^connection is closed|redirections|startup nodes/i.test(line)) return '';
  return `: ${maskPhoneNumbersIn(line.slice(0, 500))}`;
}
