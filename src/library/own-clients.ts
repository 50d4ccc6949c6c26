import querystring from 'node:querystring';
import type { Config } from '../config/config.js';
import { show } from '../domain/delivery/delivery.js';
import { readWait, waitForm } from '../domain/timing/duration.js';
import { UsageError } from '../errors.js';
import { assertLogger, type OwnLogger } from '../logger.js';
import { namesPlace, type RedisOptions, readRedisOptions } from '../queue/redis/redis-options.js';
import { addressOf, assertPool, type OwnPool } from '../store/postgres/own-pool.js';

/** What a program that has Siaran as its library may hand in of its own. None of it is closed by `close`. */
export type OwnClients = {
  /** Gets every line of the log, masked, instead of standard error. Its own level counts, and not `LOG_LEVEL`. */
  logger?: OwnLogger;
  /** Added to what `REDIS_URL` or `SIARAN_REDIS_CLUSTER` says. With a `host` or `sentinels`, `REDIS_URL` isn't read. */
  redis?: RedisOptions;
  /** Gives the connections to Postgres. `DATABASE_URL` isn't read then. */
  pool?: OwnPool;
  /** How long a call waits for a Redis or Postgres that is away, such as `5s`. Default `60s`. For a full Redis it waits without end. */
  patience?: string;
};

/** @throws {UsageError} that names what can't be used, and what can. */
export function checkOwn(own: OwnClients): OwnClients {
  const unknown = Object.keys(own).filter((name) => !['logger', 'redis', 'pool', 'patience'].includes(name));
  if (unknown.length > 0)
    throw new UsageError(`There is no ${unknown.join(', ')} to hand in; there are logger, redis, pool and patience.`);
  const { logger, redis, pool, patience } = own;
  if (logger !== undefined) assertLogger(logger);
  if (pool !== undefined) assertPool(pool);
  if (patience !== undefined && readWait(patience) === undefined)
    throw new UsageError(`patience is ${show(patience)}; ${waitForm}.`);
  return { ...own, ...(redis !== undefined && { redis: readRedisOptions(redis) }) };
}

/** In the place of variables that aren't read: where both are, to be named in messages. */
export function addressesOf({ redis, pool }: OwnClients): Record<string, string> {
  return {
    ...(redis && namesPlace(redis) && { REDIS_URL: placeOf(redis) }),
    ...(pool && { DATABASE_URL: addressOf(pool) + tlsOf(pool) }),
  };
}

/** Whether options of Redis bring TLS. Undefined: they leave that to its address. */
export function isRedisOverTls({ redis = {} }: OwnClients): boolean | undefined {
  const { tls, sentinels, sentinelTLS, enableTLSForSentinelMode } = redis;
  if (!namesPlace(redis) && tls === undefined) return undefined;
  if (!sentinels) return isChecked(tls);
  // ioredis leaves `tls` alone with sentinels, unless it is told to take it.
  return enableTLSForSentinelMode === true && isChecked(tls) && isChecked(sentinelTLS);
}

/** What a pool's address says of TLS; or else, as an address would say it, what the options beside it do. */
function tlsOf({ options }: OwnPool): string {
  const { connectionString = '', ssl } = options as OwnPool['options'] & { ssl?: unknown };
  const settings = URL.canParse(connectionString) ? [...new URL(connectionString).searchParams] : [];
  if (!settings.some(([name]) => name.startsWith('ssl'))) return isChecked(ssl) ? '?sslmode=verify-full' : '';
  const modes = settings.filter(([name]) => name === 'sslmode' || name === 'uselibpqcompat');
  return `?${new URLSearchParams(modes)}`;
}

/** Whether options of TLS have the certificate checked. */
function isChecked(tls: unknown): boolean {
  if (typeof tls !== 'object' || tls === null) return tls === true;
  return !('rejectUnauthorized' in tls) || tls.rejectUnauthorized !== false;
}

/** The configuration of a program with clients of its own. @throws {UsageError} for options that a cluster hasn't. */
export function withOwn(parsed: Config, { redis, patience }: OwnClients): Config {
  const patienceMs = readWait(patience);
  const config = patienceMs === undefined ? parsed : Object.freeze({ ...parsed, patienceMs });
  if (!redis) return config;
  for (const name of ['host', 'port', 'db', 'sentinels', 'name'] as const)
    if (config.redisCluster && redis[name] !== undefined)
      throw new UsageError(`redis.${name} is for one Redis, and SIARAN_REDIS_CLUSTER names a cluster. Leave one out.`);
  return Object.freeze({ ...config, redisOptions: redis });
}

/** What of it may never be logged. */
export function secretsOf({ redis, pool }: OwnClients): string[] {
  const { password, sentinelPassword, tls } = redis ?? {};
  const { key, passphrase } = (tls ?? {}) as { key?: unknown; passphrase?: unknown };
  const poolPassword: unknown = pool?.options.password;
  return [
    password,
    sentinelPassword,
    key,
    passphrase,
    poolPassword,
    ...passwordsOf(pool?.options.connectionString),
  ].filter((secret): secret is string => typeof secret === 'string');
}

/** The password of an address, as written and decoded: neither may be logged. */
export function passwordsOf(url: string | undefined): string[] {
  if (url === undefined || !URL.canParse(url)) return [];
  const { password } = new URL(url);
  return [password, querystring.unescape(password)];
}

function placeOf({ host, port, sentinels }: RedisOptions): string {
  const at = sentinels?.[0] ?? { host, port };
  const name = at.host ?? 'localhost';
  return `redis://${name.includes(':') ? `[${name}]` : name}:${at.port ?? (sentinels ? 26_379 : 6_379)}`;
}
