import { Queue } from 'bullmq';
import { deliveryPriority } from '../domain/batch.js';
import type { RedisClient } from './connection.js';

export const queueNames = { chunk: 'chunk', deliver: 'deliver', tick: 'tick' } as const;

export type ChunkJob = { runId: string };
export type DeliverJob = { batchId: string; probing: boolean };

/** How often campaigns are looked at; a schedule is exact to a minute. */
export const tickEveryMs = 10_000;

/** The prefix of BullMQ's keys; the braces keep a queue's keys together in a cluster. */
export function queuePrefix(prefix: string): string {
  return `{${prefix}}`;
}

/**
 * Queue jobs are hints: they carry ids only, and losing or doubling one is harmless, since Postgres decides what is to be done.
 * So giving one never fails: `false` says that Redis didn't take it. A hint's id names the state that it was given for, so
 * that the job of a worker that died can't block the next hint.
 */
export class Hints {
  readonly #chunk: Queue<ChunkJob>;
  readonly #deliver: Queue<DeliverJob>;
  readonly #tick: Queue;
  readonly #onError: (error: unknown) => void;

  constructor(redis: RedisClient, prefix: string, onError: (error: unknown) => void) {
    const options = {
      connection: redis,
      prefix: queuePrefix(prefix),
      skipWaitingForReady: true,
      defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
    };
    this.#chunk = new Queue(queueNames.chunk, options);
    this.#deliver = new Queue(queueNames.deliver, options);
    this.#tick = new Queue(queueNames.tick, options);
    this.#onError = onError;
    this.#chunk.on('error', onError);
    this.#deliver.on('error', onError);
    this.#tick.on('error', onError);
  }

  /** @param occasion what has happened to the run; the same occasion gives the same hint. */
  chunk(runId: string, occasion: string): Promise<boolean> {
    return this.#give(this.#chunk.add('chunk', { runId }, { jobId: `${runId}-${occasion}` }));
  }

  deliver(batches: readonly { id: string; number: number; claimNumber: number }[], probing = false): Promise<boolean> {
    const jobs = batches.map(({ id, number, claimNumber }) => ({
      name: 'deliver',
      data: { batchId: id, probing },
      opts: {
        jobId: `${id}-${claimNumber}${probing ? '-probe' : ''}`,
        priority: probing ? 1 : deliveryPriority(number),
      },
    }));
    return jobs.length === 0 ? Promise.resolve(true) : this.#give(this.#deliver.addBulk(jobs));
  }

  /** A message of its own goes before everything that waits: BullMQ takes what has no priority first. */
  deliverFirst({ id, claimNumber }: { id: string; claimNumber: number }): Promise<boolean> {
    const data = { batchId: id, probing: false };
    return this.#give(this.#deliver.add('deliver', data, { jobId: `${id}-${claimNumber}` }));
  }

  /** One scheduler ticks for all workers. To ask for it again is harmless, and brings it back to a Redis that was wiped. */
  keepTicking(): Promise<boolean> {
    return this.#give(this.#tick.upsertJobScheduler('campaigns', { every: tickEveryMs }, { name: 'tick' }));
  }

  async close(): Promise<void> {
    await Promise.all([this.#chunk.close(), this.#deliver.close(), this.#tick.close()]);
  }

  async #give(adding: Promise<unknown>): Promise<boolean> {
    try {
      await adding;
      return true;
    } catch (error) {
      this.#onError(error);
      return false;
    }
  }
}
