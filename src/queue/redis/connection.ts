import querystring from 'node:querystring';
import { Cluster, type RedisOptions as IoredisOptions, Redis } from 'ioredis';
import { type OutageListener, tellClusterOutages, tellOutages } from './outages.js';
import { namesPlace, type RedisOptions } from './redis-options.js';

export type { OutageListener } from './outages.js';

/** Where Redis is: one server, or some nodes of a cluster. A cluster takes from `redisUrl` its scheme, user and password. */
export type RedisAddress = Readonly<{
  redisUrl: string | undefined;
  redisCluster: readonly Readonly<{ host: string; port: number }>[] | undefined;
  /** What a program has handed in: it counts before `redisUrl`. */
  redisOptions?: RedisOptions | undefined;
}>;

/** Both have the same commands. What concerns all of Redis, not one key, goes through `everyMaster`. */
export type RedisClient = Redis | Cluster;

/** How long a command may take, and how long a connection may owe an answer before it is broken off. */
type RedisLimits = { commandTimeout?: number; socketTimeout?: number };

/**
 * A connection that passes no bytes any more stays open for ever: it is broken off when it owes an answer for so long, and what
 * was asked goes out again on a fresh one, if its own time isn't over.
 */
const patience = { connectTimeout: 5_000, socketTimeout: 5_000, keepAlive: 5_000 };
const commandTimeout = 10_000;

/** Beyond the 10 s for which BullMQ blocks at most. */
const blockingSocketTimeout = 15_000;

/** A connection for single commands: while Redis is away they fail at once or soon, and the caller decides how long to try. */
export function connectRedis(address: RedisAddress, listener: OutageListener, limits: RedisLimits = {}): RedisClient {
  const options = { ...patience, lazyConnect: true, commandTimeout, disconnectTimeout, ...limits };
  if (!address.redisCluster) {
    const redis = openServer(address, { ...options, maxRetriesPerRequest: 1, retryStrategy: retryDelayMs });
    return tellOutages(redis, listener);
  }
  const cluster: Cluster = openCluster(address, {
    lazyConnect: true,
    redisOptions: options,
    // A cluster that tries again by itself keeps its commands until it is back. So it gives up, which fails them, and is told to try again.
    clusterRetryStrategy: (attempt) => {
      setTimeout(() => {
        if (!closed) cluster.connect().catch(() => {});
      }, retryDelayMs(attempt)).unref();
      return null;
    },
  });
  // Its status doesn't tell who ended it: each connection that ends late writes over it.
  let closed = false;
  const { disconnect } = cluster;
  cluster.disconnect = (reconnect = false) => {
    closed ||= !reconnect;
    disconnect.call(cluster, reconnect);
  };
  return tellClusterOutages(cluster, () => whyRedisIsAway(address), listener);
}

/** A connection for a BullMQ worker, whose blocking commands wait for as long as it takes. */
export function connectWorkerRedis(
  address: RedisAddress,
  listener: OutageListener,
  limits: Omit<RedisLimits, 'commandTimeout'> = {},
): RedisClient {
  const options = { ...patience, socketTimeout: blockingSocketTimeout, maxRetriesPerRequest: null, ...limits };
  if (!address.redisCluster)
    return tellOutages(openServer(address, { ...options, retryStrategy: retryDelayMs }), listener);
  const cluster = openCluster(address, { redisOptions: options, clusterRetryStrategy: retryDelayMs });
  return tellClusterOutages(cluster, () => whyRedisIsAway(address), listener);
}

/** What connecting fails with, which the errors of commands don't say. Undefined if it works now. */
export async function whyRedisIsAway(address: RedisAddress): Promise<Error | undefined> {
  const limits = { connectTimeout: 3_000, commandTimeout: 3_000, disconnectTimeout };
  const options = { ...limits, lazyConnect: true, retryStrategy: () => null, sentinelRetryStrategy: () => null };
  if (!address.redisCluster) return whyNot(openServer(address, options), (redis) => redis.ping());
  const asked = address.redisCluster.map((node) =>
    whyNot(new Redis({ ...options, ...credentials(address), ...node }), assertClusterOk),
  );
  return (await Promise.all(asked)).find((reason) => reason !== undefined);
}

/** ioredis waits for as long as this, and keeps the program from ending, when it closes a connection that is closed already. */
const disconnectTimeout = 500;

function retryDelayMs(attempt: number): number {
  return Math.min(100 * attempt, 2_000);
}

type ServerOptions = Omit<IoredisOptions, 'replyMapping'>;

function openServer({ redisUrl, redisOptions }: RedisAddress, options: ServerOptions): Redis {
  if (!redisOptions) return new Redis(redisUrl ?? '', options);
  const given = { ...(redisOptions as ServerOptions), ...options };
  if (redisUrl === undefined || namesPlace(redisOptions)) return new Redis(given);
  // ioredis goes by the address first, and takes `rediss` for all that is to be said of TLS.
  const url = new URL(redisUrl);
  if (redisOptions.tls) url.protocol = 'redis:';
  if (redisOptions.username !== undefined) url.username = '';
  if (redisOptions.password !== undefined) url.password = '';
  if (redisOptions.db !== undefined) url.pathname = '';
  return new Redis(url.href, given);
}

type ClusterOptions = NonNullable<ConstructorParameters<typeof Cluster>[1]>;

function openCluster(address: RedisAddress, options: ClusterOptions): Cluster {
  return new Cluster([...(address.redisCluster ?? [])], {
    ...options,
    redisOptions: { ...options.redisOptions, ...credentials(address) },
    // Names are left for the connection to look up: a certificate is for the name, not for the address behind it.
    dnsLookup: (host, found) => found(null, host),
    slotsRefreshTimeout: 3_000,
  });
}

function credentials({ redisUrl, redisOptions }: RedisAddress): ServerOptions {
  const own = redisOptions as ServerOptions | undefined;
  if (redisUrl === undefined) return { ...own };
  const { protocol, username, password } = new URL(redisUrl);
  return {
    ...(protocol === 'rediss:' && { tls: {} }),
    ...(username !== '' && { username: querystring.unescape(username) }),
    ...(password !== '' && { password: querystring.unescape(password) }),
    ...own,
  };
}

async function whyNot(redis: Redis, prove: (redis: Redis) => Promise<unknown>): Promise<Error | undefined> {
  let reason: Error | undefined;
  redis.on('error', (error: Error) => {
    reason ??= error;
  });
  try {
    await prove(redis);
    return undefined;
  } catch (error) {
    return reason ?? (error as Error);
  } finally {
    redis.disconnect();
  }
}

async function assertClusterOk(redis: Redis): Promise<void> {
  const info = String(await redis.cluster('INFO'));
  if (/cluster_state:ok/.test(info)) return;
  const served = /cluster_slots_ok:(\d+)/.exec(info)?.[1] ?? '0';
  throw new Error(`CLUSTERDOWN: only ${served} of 16384 slots are served`);
}
