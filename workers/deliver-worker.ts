import { RateLimitError, Worker } from 'bullmq';
import type { AccountConfig } from '../src/config/config.js';
import type { DeliveryContext } from '../src/context.js';
import { deliverBatch } from '../src/pipeline/delivery/deliver.js';
import type { RedisClient } from '../src/queue/connection.js';
import { type DeliverJob, deliverQueueName } from '../src/queue/queues.js';
import type { Vitals } from './vitals.js';
import { keepingLock, workerOptions } from './worker-options.js';

/**
 * BullMQ would count every job, also one that has nothing to do. It only makes all workers rest here, which it does for none
 * that has no limit at all.
 */
const restsWhenTold = { max: 1_000_000_000, duration: 1 };

/** For one account, which has places of its own. */
export function startDeliverWorker(
  ctx: DeliveryContext,
  redis: RedisClient,
  account: string,
  { rateLimit }: AccountConfig,
  vitals: Vitals,
): Worker<DeliverJob> {
  const deliver = keepingLock<DeliverJob>(ctx, vitals, async ({ data: { batchId, ...how } }) => {
    if ((await deliverBatch(ctx, batchId, { ...how, account })) === 'limited') throw new RateLimitError();
  });
  return new Worker<DeliverJob>(deliverQueueName(account), deliver, {
    ...workerOptions(ctx, redis),
    concurrency: ctx.config.concurrency,
    ...(rateLimit && { limiter: restsWhenTold }),
  });
}
