import { UsageError } from '../../errors.js';

/**
 * Where a Redis is and how to get in: these of ioredis's options. Those by which a connection behaves (`maxRetriesPerRequest`,
 * time-outs) may stand beside them, and count for nothing: Siaran and BullMQ need their own.
 */
export type RedisOptions = {
  /** Default `localhost`. */
  host?: string | undefined;
  /** Default 6379. */
  port?: number | undefined;
  /** Default: none, which is the user `default`. */
  username?: string | undefined;
  /** Default: none. */
  password?: string | undefined;
  /** The database's number. Default 0. */
  db?: number | undefined;
  /** The version of IP: 4 or 6. */
  family?: number | undefined;
  /** As `tls.connect` of Node takes them: `ca`, `cert`, `key`, `servername`. `{}` asks for TLS with the certificates that Node trusts. */
  tls?: object | undefined;
  /** What `CLIENT LIST` shows. */
  connectionName?: string | undefined;
  /** Those that are asked where the Redis called `name` is. */
  sentinels?: readonly RedisSentinel[] | undefined;
  /** Needed with `sentinels`. */
  name?: string | undefined;
  /** The user of the sentinels. */
  sentinelUsername?: string | undefined;
  /** The password of the sentinels. */
  sentinelPassword?: string | undefined;
  /** As `tls`, of the sentinels; with `enableTLSForSentinelMode`. */
  sentinelTLS?: object | undefined;
  /** Whether the sentinels are spoken to over TLS. Default false. */
  enableTLSForSentinelMode?: boolean | undefined;
};

/** A sentinel. */
export type RedisSentinel = {
  /** Its machine. Default `127.0.0.1`. */
  host?: string | undefined;
  /** Default 26379. */
  port?: number | undefined;
};

const known = [
  ...['host', 'port', 'username', 'password', 'db', 'family', 'tls', 'connectionName'],
  ...['sentinels', 'name', 'sentinelUsername', 'sentinelPassword', 'sentinelTLS', 'enableTLSForSentinelMode'],
] as const satisfies (keyof RedisOptions)[];

/** How a connection behaves. */
const ours: ReadonlySet<string> = new Set([
  ...[
    'maxRetriesPerRequest',
    'retryStrategy',
    'reconnectOnError',
    'sentinelRetryStrategy',
    'sentinelReconnectStrategy',
  ],
  ...['lazyConnect', 'enableReadyCheck', 'enableOfflineQueue', 'autoResubscribe', 'autoResendUnfulfilledCommands'],
  ...['connectTimeout', 'commandTimeout', 'socketTimeout', 'disconnectTimeout', 'maxLoadingRetryTime', 'keepAlive'],
  ...['noDelay', 'showFriendlyErrorStack', 'enableAutoPipelining', 'skipWaitingForReady'],
]);

/** Those that say where Redis is. @throws {UsageError} that names the option which can't be used; no value of a secret is shown. */
export function readRedisOptions(given: RedisOptions): RedisOptions {
  if (typeof given !== 'object' || given === null || 'sendCommand' in given)
    throw new UsageError(
      'redis must be options, as ioredis takes them, such as { host, port, tls }; not a connection.',
    );
  const named = Object.entries(given).filter(([name, value]) => value !== undefined && !ours.has(name));
  for (const [name] of named) {
    if (name === 'keyPrefix')
      throw new UsageError('redis.keyPrefix does not go with BullMQ. SIARAN_PREFIX begins every key of Siaran.');
    if (!known.some((each) => each === name))
      throw new UsageError(`redis.${name} is not one of the options that Siaran takes: ${known.join(', ')}.`);
  }
  const { host, port, sentinels, name } = given;
  if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65_535))
    throw new UsageError(`redis.port is ${String(port).slice(0, 40)}; it must be a whole number from 1 to 65535.`);
  if (host !== undefined && (typeof host !== 'string' || !/^[\w.:-]{1,255}$/.test(host)))
    throw new UsageError('redis.host must be the name or address of a machine, such as redis.internal.');
  if (sentinels !== undefined && (!Array.isArray(sentinels) || sentinels.length === 0 || !name))
    throw new UsageError('redis.sentinels must be a list of { host, port }, and redis.name what they call the Redis.');
  return Object.fromEntries(named);
}

/** Whether the options say where Redis is, or only how to get in. */
export function namesPlace({ host, sentinels }: RedisOptions): boolean {
  return host !== undefined || sentinels !== undefined;
}
