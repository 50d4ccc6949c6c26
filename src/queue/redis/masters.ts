import { promisify } from 'node:util';
import { Cluster, type Redis } from 'ioredis';
import type { RedisClient } from './connection.js';

/** Fails unless all of Redis answers: of a cluster, every master. */
export async function pingAll(redis: RedisClient): Promise<void> {
  await Promise.all((await everyMaster(redis)).map((master) => master.ping()));
}

/** For what looks at all of Redis: the one server, or every master of the cluster as it is now. */
export async function everyMaster(redis: RedisClient): Promise<Redis[]> {
  if (!(redis instanceof Cluster)) return [redis];
  // The first command connects; and the masters that are known may be from before a replica took over.
  await redis.cluster('INFO');
  await promisify(redis.refreshSlotsCache.bind(redis))();
  return redis.nodes('master');
}
