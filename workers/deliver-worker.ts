import { Worker } from 'bullmq';
import type { AccountConfig } from '../src/config.js';
import type { DeliveryContext } from '../src/context.js';
import { deliverBatch } from '../src/pipeline/deliver.js';
import type { RedisClient } from '../src/queue/connection.js';
import { type DeliverJob, deliverQueueName } from '../src/queue/queues.js';
import { workerOptions } from './worker-options.js';

/** For one account, which has places of its own. BullMQ keeps one count of its rate for all processes. */
export function startDeliverWorker(
  ctx: DeliveryContext,
  redis: RedisClient,
  account: string,
  { rateLimit }: AccountConfig,
): Worker<DeliverJob> {
  return new Worker<DeliverJob>(deliverQueueName(account), (job) => deliverBatch(ctx, job.data.batchId, job.data), {
    ...workerOptions(ctx, redis),
    concurrency: ctx.config.concurrency,
    ...(rateLimit && { limiter: { max: rateLimit.max, duration: rateLimit.durationMs } }),
  });
}
