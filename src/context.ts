import { hostname } from 'node:os';
import type { Redis } from 'ioredis';
import { type Config, requireProvider } from './config.js';
import { createLogger, type Logger } from './logger.js';
import { Qiscus } from './qiscus/client.js';
import { RecipientBuffer } from './queue/buffer.js';
import { connectRedis } from './queue/connection.js';
import { Hints } from './queue/queues.js';
import { Witness } from './queue/witness.js';
import { type Database, openDatabase } from './store/database.js';

/** What every step gets first: the clients, built once and passed in. */
export type Context = Readonly<{
  config: Config;
  logger: Logger;
  db: Database;
  redis: Redis;
  buffer: RecipientBuffer;
  hints: Hints;
  witness: Witness;
  /** Names this process in attempts and logs. */
  worker: string;
  close(): Promise<void>;
}>;

/** What delivering needs besides. */
export type DeliveryContext = Context & Readonly<{ qiscus: Qiscus }>;

export function openContext(config: Config): Context {
  const logger = createLogger(config.logLevel, [
    config.secretKey,
    passwordOf(config.databaseUrl),
    passwordOf(config.redisUrl),
  ]);
  const redis = connectRedis(config.redisUrl, (err) => logger.warn({ err }, 'Redis connection failed'));
  const hints = new Hints(redis, config.prefix, (err) => logger.warn({ err }, 'queue connection failed'));
  const db = openDatabase(config.databaseUrl, config.concurrency + 6);
  return {
    config,
    logger,
    db,
    redis,
    buffer: new RecipientBuffer(redis, config.prefix),
    hints,
    witness: new Witness(redis, config.prefix),
    worker: `${hostname()}-${process.pid}`,
    async close() {
      await hints.close();
      redis.disconnect();
      await db.$disconnect();
    },
  };
}

/** @throws {UsageError} when the provider's credentials are missing. */
export function openDelivery(context: Context): DeliveryContext {
  const { config } = context;
  return { ...context, qiscus: new Qiscus(requireProvider(config), config.requestTimeoutMs, config.concurrency) };
}

function passwordOf(url: string): string | undefined {
  return decodeURIComponent(new URL(url).password) || undefined;
}
