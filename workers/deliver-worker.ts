import { Worker } from 'bullmq';
import type { DeliveryContext } from '../src/context.js';
import { deliverBatch } from '../src/pipeline/deliver.js';
import type { RedisClient } from '../src/queue/connection.js';
import { type DeliverJob, queueNames } from '../src/queue/queues.js';
import { workerOptions } from './worker-options.js';

/** BullMQ keeps one count for all processes. */
export function startDeliverWorker(ctx: DeliveryContext, redis: RedisClient): Worker<DeliverJob> {
  const { concurrency, rateLimit } = ctx.config;
  return new Worker<DeliverJob>(queueNames.deliver, (job) => deliverBatch(ctx, job.data.batchId, job.data), {
    ...workerOptions(ctx, redis),
    concurrency,
    ...(rateLimit && { limiter: { max: rateLimit.max, duration: rateLimit.durationMs } }),
  });
}
