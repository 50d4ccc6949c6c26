import { Worker } from 'bullmq';
import type { Context } from '../src/context.js';
import { fireDue } from '../src/pipeline/campaigns/fire.js';
import type { RedisClient } from '../src/queue/connection.js';
import { queueNames } from '../src/queue/queues.js';
import type { Vitals } from './vitals.js';
import { keepingLock, workerOptions } from './worker-options.js';

export function startTickWorker(ctx: Context, redis: RedisClient, vitals: Vitals): Worker {
  return new Worker(
    queueNames.tick,
    keepingLock(ctx, vitals, () => fireDue(ctx)),
    workerOptions(ctx, redis),
  );
}
