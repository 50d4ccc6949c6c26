import { RateLimitError, Worker } from 'bullmq';
import type { AccountConfig } from '../src/config/config.js';
import type { DeliveryContext } from '../src/context.js';
import { deliverBatch } from '../src/pipeline/delivery/deliver.js';
import { MessageLane } from '../src/pipeline/delivery/message-lane.js';
import { type DeliverJob, deliverQueueName } from '../src/queue/queues.js';
import type { RedisClient } from '../src/queue/redis/connection.js';
import type { Vitals } from './vitals.js';
import { keepingLock, workerOptions } from './worker-options.js';

/**
 * BullMQ would count every job, also one that has nothing to do. It only makes all workers rest here, which it does for none
 * that has no limit at all.
 */
const restsWhenTold = { max: 1_000_000_000, duration: 1 };

type DeliverWorker = { queue: Worker<DeliverJob>; lane: MessageLane };

/** For one account, which has places of its own. Of an account with a rate limit, messages take the places of batches. */
export function startDeliverWorker(
  ctx: DeliveryContext,
  redis: RedisClient,
  account: string,
  { rateLimit }: AccountConfig,
  vitals: Vitals,
): DeliverWorker {
  const { concurrency } = ctx.config;
  const { logger } = ctx;
  const lane = new MessageLane(
    (batchId, waiter) =>
      deliverBatch(ctx, batchId, { probing: false, account, ...(waiter !== undefined && { waiter }) }),
    { concurrency, logger },
  );
  const deliver = keepingLock<DeliverJob>(ctx, vitals, async ({ data: { batchId, messages, ...how } }) => {
    if (messages && !rateLimit)
      return how.waiter === undefined ? lane.deliver(messages) : lane.deliverFirst(batchId, how.waiter);
    for (const id of messages ?? [batchId])
      if ((await deliverBatch(ctx, id, { ...how, account })) === 'limited') throw new RateLimitError();
  });
  const queue = new Worker<DeliverJob>(deliverQueueName(account), deliver, {
    ...workerOptions(ctx, redis),
    concurrency,
    ...(rateLimit && { limiter: restsWhenTold }),
  });
  return { queue, lane };
}
