import type { Redis } from 'ioredis';
import { SiaranError } from '../errors.js';

export type RedisInfo = { name: string; version: string; policy: string; appendOnly: boolean };

/** From INFO alone: CONFIG is forbidden at most hosts. */
export async function redisInfo(redis: Redis): Promise<RedisInfo> {
  const info = await redis.info();
  const field = (name: string) => new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(info)?.[1] ?? '';
  const valkey = field('valkey_version');
  return {
    name: valkey === '' ? `Redis ${field('redis_version')}` : `Valkey ${valkey}`,
    version: field('redis_version'),
    policy: field('maxmemory_policy'),
    appendOnly: field('aof_enabled') === '1',
  };
}

/** @throws {SiaranError} `REDIS_EVICTS` when Redis may drop recipients that wait, once it is full. */
export async function assertKeepsEverything(redis: Redis): Promise<void> {
  const { policy } = await redisInfo(redis);
  if (policy === 'noeviction') return;
  throw new SiaranError(
    'REDIS_EVICTS',
    `Redis has the maxmemory-policy ${policy || '(not told)'}, with which it drops recipients when it is full. ` +
      'Set it to noeviction: redis-cli CONFIG SET maxmemory-policy noeviction, and in redis.conf or at your host for good.',
  );
}
