import type { Queue, QueueOptions, Telemetry } from 'bullmq';
import { deliveryPriority, partsOfBatchId } from '../domain/runs/batch.js';
import type { RedisClient } from './redis/connection.js';

export type { Telemetry } from 'bullmq';

export const chunkQueueName = 'chunk';

/** Each account has its own queue, and so its own workers and rate limit: what happens to one holds up no other. */
export function deliverQueueName(account: string): string {
  return account === 'default' ? 'deliver' : `deliver-${account}`;
}

export type ChunkJob = { runId: string };
/**
 * `messages`: single messages, of which `batchId` is the first; a worker that knows no groups delivers that one. `waiter`: the program that
 * waits for it, if one does.
 */
export type DeliverJob = { batchId: string; probing: boolean; messages?: readonly string[]; waiter?: string };
type DeliverHint = { id: string; account: string; number: number; claimNumber: number; isMessage: boolean };

/** The prefix of BullMQ's keys; the braces keep a queue's keys together in a cluster. */
export function queuePrefix(prefix: string): string {
  return `{${prefix}}`;
}

let loading: Promise<typeof import('./open-queue.js')> | undefined;

/** A job that is done, or has failed, isn't kept. */
const jobStates = ['waiting', 'prioritized', 'delayed', 'active'] as const;

/** So many messages of a run share a queue job. A job of many would keep others waiting. */
const messagesAJob = 20;

/** Neighbours among the messages of a run, always the same ones: who is hinted at again has the same job. All others stand alone. */
function inGroups(batches: readonly DeliverHint[], probing: boolean): [DeliverHint, ...DeliverHint[]][] {
  const groups = new Map<string, [DeliverHint, ...DeliverHint[]]>();
  for (const batch of batches) {
    const [runId] = partsOfBatchId(batch.id);
    const key = batch.isMessage && !probing ? `${runId} ${Math.floor((batch.number - 1) / messagesAJob)}` : batch.id;
    const group = groups.get(key);
    if (group) group.push(batch);
    else groups.set(key, [batch]);
  }
  return [...groups.values()];
}

/**
 * Queue jobs are hints: they carry ids only, and losing or doubling one is harmless, since Postgres decides what is to be done.
 * So giving one never fails: `false` says that Redis didn't take it. A hint's id names the state that it was given for, so
 * that the job of a worker that died can't block the next hint.
 */
export class Hints {
  readonly #opened = new Map<string, Promise<Queue>>();
  readonly #options: QueueOptions;
  readonly #accounts: ReadonlySet<string>;
  readonly #onError: (error: unknown) => void;

  /** @param accounts those that this process knows, besides `default`. */
  constructor(
    redis: RedisClient,
    prefix: string,
    onError: (error: unknown) => void,
    accounts: Iterable<string> = [],
    telemetry?: Telemetry,
  ) {
    this.#onError = onError;
    this.#accounts = new Set(['default', ...accounts]);
    this.#options = {
      connection: redis,
      prefix: queuePrefix(prefix),
      skipWaitingForReady: true,
      // Asking for the version would fail once and for all in a queue that is opened while Redis is away.
      skipVersionCheck: true,
      // It would write as soon as it is opened, before Redis or Postgres are needed.
      skipMetasUpdate: true,
      ...(telemetry && { telemetry }),
      defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
    };
  }

  /** @param occasion what has happened to the run; the same occasion gives the same hint. */
  chunk(runId: string, occasion: string): Promise<boolean> {
    const data: ChunkJob = { runId };
    return this.#give(chunkQueueName, (queue) => queue.add('chunk', data, { jobId: `${runId}-${occasion}` }));
  }

  async deliver(batches: readonly DeliverHint[], probing = false): Promise<boolean> {
    const accounts = [...new Set(batches.map(({ account }) => account))];
    const given = accounts.map((account) => {
      const its = accounts.length === 1 ? batches : batches.filter((batch) => batch.account === account);
      return this.#deliverOf(account, its, probing);
    });
    return (await Promise.all(given)).every(Boolean);
  }

  #deliverOf(account: string, batches: readonly DeliverHint[], probing: boolean): Promise<boolean> {
    const jobs = inGroups(batches, probing).map(([first, ...others]) => {
      const { id, number, claimNumber, isMessage } = first;
      const messages = [id, ...others.map((other) => other.id)];
      const claims = others.reduce((sum, other) => sum + other.claimNumber, claimNumber);
      return {
        name: 'deliver',
        data: { batchId: id, probing, ...(isMessage && !probing && { messages }) } satisfies DeliverJob,
        opts: {
          jobId: `${id}-${claims}${others.length > 0 ? `-and-${others.length}` : ''}${probing ? '-probe' : ''}`,
          priority: probing ? 1 : deliveryPriority(number),
        },
      };
    });
    return this.#give(deliverQueueName(account), (queue) => queue.addBulk(jobs));
  }

  /** A message of its own goes before everything that waits: BullMQ takes what has no priority first. */
  deliverFirst(
    { id, account, claimNumber }: Pick<DeliverHint, 'id' | 'account' | 'claimNumber'>,
    waiter: string,
  ): Promise<boolean> {
    const data: DeliverJob = { batchId: id, probing: false, messages: [id], waiter };
    const opts = { jobId: `${id}-${claimNumber}` };
    return this.#give(deliverQueueName(account), (queue) => queue.add('deliver', data, opts));
  }

  /** No worker takes a delivery of this account for so long: its rate limit is used up. */
  restDeliveries(account: string, forMs: number): Promise<boolean> {
    return this.#give(deliverQueueName(account), (queue) => queue.rateLimit(forMs));
  }

  /** All queues of this installation, as far as this process knows its accounts. */
  openQueues(): Promise<readonly Queue[]> {
    const names = [chunkQueueName, ...[...this.#accounts].map(deliverQueueName)];
    return Promise.all(names.map((name) => this.#queueOf(name)));
  }

  /** How many jobs each queue has in each state that it keeps any in. */
  async depths(): Promise<{ queue: string; state: string; jobs: number }[]> {
    const queues = await this.openQueues();
    const counted = await Promise.all(queues.map((queue) => queue.getJobCounts(...jobStates)));
    return queues.flatMap(({ name }, at) =>
      jobStates.map((state) => ({ queue: name, state, jobs: counted[at]?.[state] ?? 0 })),
    );
  }

  async close(): Promise<void> {
    await Promise.all([...this.#opened.values()].map(async (queue) => (await queue).close()));
  }

  #queueOf(name: string): Promise<Queue> {
    const queue = this.#opened.get(name) ?? this.#open(name);
    this.#opened.set(name, queue);
    return queue;
  }

  async #open(name: string): Promise<Queue> {
    loading ??= import('./open-queue.js');
    const queue = (await loading).openQueue(name, this.#options);
    queue.on('error', this.#onError);
    return queue;
  }

  async #give(name: string, give: (queue: Queue) => Promise<unknown>): Promise<boolean> {
    try {
      await give(await this.#queueOf(name));
      return true;
    } catch (error) {
      this.#onError(error);
      return false;
    }
  }
}
