import { Worker } from 'bullmq';
import type { Context } from '../src/context.js';
import { fireDue } from '../src/pipeline/fire.js';
import type { RedisClient } from '../src/queue/connection.js';
import { queueNames } from '../src/queue/queues.js';
import { workerOptions } from './worker-options.js';

export function startTickWorker(ctx: Context, redis: RedisClient): Worker {
  return new Worker(queueNames.tick, () => fireDue(ctx), workerOptions(ctx, redis));
}
