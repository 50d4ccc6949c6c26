import type { Job, WorkerOptions } from 'bullmq';
import type { Context } from '../src/context.js';
import { queuePrefix } from '../src/queue/queues.js';
import type { RedisClient } from '../src/queue/redis/connection.js';
import type { Vitals } from './vitals.js';

const lockMs = 5_000;

/** Short locks: a dead worker's job is picked up within seconds, and a job that runs twice is harmless. */
export function workerOptions(ctx: Context, redis: RedisClient): WorkerOptions {
  return {
    connection: redis,
    prefix: queuePrefix(ctx.config.prefix),
    lockDuration: lockMs,
    // It would be renewed for as long as this process lives, whether its step gets on or hangs: see `keepingLock`.
    skipLockRenewal: true,
    stalledInterval: 5_000,
    maxStalledCount: 1_000,
    runRetryDelay: 1_000,
    ...(ctx.telemetry && { telemetry: ctx.telemetry }),
    removeOnComplete: { count: 0 },
    removeOnFail: { count: 0 },
  };
}

/** Longer than a transaction may take, and what a step asks of Redis. */
const longestWithoutProviderMs = 90_000;

/** An upload and a send, and what is done before and after. A step that takes longer, such as a refused file's, loses its lock to no harm. */
function longestStepMs(ctx: Context): number {
  return 2 * ctx.config.requestTimeoutMs + longestWithoutProviderMs;
}

/**
 * Does a step and keeps its job's lock meanwhile, as long as Postgres answers this worker, and for `longestMs` at most. A step
 * that can't get on loses its job to another worker; should it get on after all, the claim decides.
 */
export function keepingLock<Data>(
  ctx: Context,
  vitals: Vitals,
  step: (job: Job<Data>) => Promise<void>,
  longestMs = longestStepMs(ctx),
): (job: Job<Data>, token?: string) => Promise<void> {
  return async (job, token = '') => {
    const begun = performance.now();
    const renewal = setInterval(() => {
      if (!vitals.isWell || performance.now() - begun > longestMs) return;
      job
        .extendLock(token, lockMs)
        .catch((err) => ctx.logger.debug({ err, queueJobId: job.id }, 'lock of a queue job not kept'));
    }, lockMs / 2);
    try {
      await step(job);
    } finally {
      clearInterval(renewal);
    }
  };
}
