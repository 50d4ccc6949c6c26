import type { Redis } from 'ioredis';
import { SiaranError, UsageError } from '../../errors.js';
import type { RedisClient } from './connection.js';
import { everyMaster } from './masters.js';

export type RedisInfo = {
  address: string;
  name: string;
  version: string;
  policy: string;
  /** How much of its maxmemory is taken, 0 to 1; `undefined` when it has no such limit. */
  fullness: number | undefined;
  appendOnly: boolean;
  /** What it tried to write to its disk and couldn't, by INFO's names. */
  failedWrites: string[];
  replicas: number;
  clustersNode: boolean;
};

/** Of the one server, or of every master of a cluster. */
export async function redisInfo(redis: RedisClient): Promise<RedisInfo[]> {
  return Promise.all((await everyMaster(redis)).map(infoOf));
}

export const clustersNodeHint = 'REDIS_URL is a node of a Redis Cluster: name its nodes in SIARAN_REDIS_CLUSTER.';

/**
 * @throws {UsageError} when it is a part of Redis only.
 * @throws {SiaranError} `REDIS_EVICTS` when Redis may drop recipients that wait, once it is full.
 */
export async function assertKeepsEverything(redis: RedisClient): Promise<void> {
  const masters = await redisInfo(redis);
  if (!redis.isCluster && masters.some(({ clustersNode }) => clustersNode)) throw new UsageError(clustersNodeHint);
  const evicting = masters.find(({ policy }) => policy !== 'noeviction');
  if (!evicting) return;
  const which = masters.length === 1 ? 'Redis' : `Redis at ${evicting.address}`;
  throw new SiaranError(
    'REDIS_EVICTS',
    `${which} has the maxmemory-policy ${evicting.policy || '(not told)'}, so it drops recipients when it is full. ` +
      'Set it to noeviction: redis-cli CONFIG SET maxmemory-policy noeviction, and in redis.conf or at your hosting provider to keep it.',
  );
}

/** From INFO alone: CONFIG is forbidden at most hosts. */
async function infoOf(redis: Redis): Promise<RedisInfo> {
  const info = await redis.info();
  const field = (name: string) => new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(info)?.[1] ?? '';
  const maxMemory = Number(field('maxmemory'));
  const valkey = field('valkey_version');
  return {
    address: `${redis.options.host}:${redis.options.port}`,
    name: valkey === '' ? `Redis ${field('redis_version')}` : `Valkey ${valkey}`,
    version: field('redis_version'),
    policy: field('maxmemory_policy'),
    fullness: maxMemory > 0 ? Number(field('used_memory')) / maxMemory : undefined,
    appendOnly: field('aof_enabled') === '1',
    failedWrites: ['rdb_last_bgsave_status', 'aof_last_bgrewrite_status', 'aof_last_write_status'].filter(
      (name) => field(name) === 'err',
    ),
    replicas: Number(field('connected_slaves')),
    clustersNode: field('cluster_enabled') === '1',
  };
}
