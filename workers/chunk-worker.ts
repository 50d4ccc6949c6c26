import { Worker } from 'bullmq';
import type { Context } from '../src/context.js';
import { chunkRun } from '../src/pipeline/chunking/chunk.js';
import { type ChunkJob, chunkQueueName } from '../src/queue/queues.js';
import type { RedisClient } from '../src/queue/redis/connection.js';
import type { Vitals } from './vitals.js';
import { keepingLock, workerOptions } from './worker-options.js';

/** Several runs are chunked at the same time; each takes one turn a job. */
const concurrency = 2;

export function startChunkWorker(ctx: Context, redis: RedisClient, vitals: Vitals): Worker<ChunkJob> {
  const step = keepingLock<ChunkJob>(ctx, vitals, (job) => chunkRun(ctx, job.data.runId));
  return new Worker<ChunkJob>(chunkQueueName, step, {
    ...workerOptions(ctx, redis),
    concurrency,
  });
}
