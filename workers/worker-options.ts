import type { WorkerOptions } from 'bullmq';
import type { Context } from '../src/context.js';
import type { RedisClient } from '../src/queue/connection.js';
import { queuePrefix } from '../src/queue/queues.js';

/** Short locks: a dead worker's job is picked up within seconds, and a job that runs twice is harmless. */
export function workerOptions(ctx: Context, redis: RedisClient): WorkerOptions {
  return {
    connection: redis,
    prefix: queuePrefix(ctx.config.prefix),
    lockDuration: 5_000,
    stalledInterval: 5_000,
    maxStalledCount: 1_000,
    runRetryDelay: 1_000,
    ...(ctx.telemetry && { telemetry: ctx.telemetry }),
    removeOnComplete: { count: 0 },
    removeOnFail: { count: 0 },
  };
}
