import { randomUUID } from 'node:crypto';
import type { RedisClient } from './redis/connection.js';

/** One message that this program waits for. */
type Watch = {
  /** Resolves when a worker has told of it since it was asked last, when `signal` is aborted, and after `ms` at the latest. */
  next(ms: number, signal: AbortSignal): Promise<void>;
  end(): void;
};

/**
 * Tells a program that waits for its message when a worker is through with it. As a queue job it is a hint, and carries an id only:
 * whoever waits looks into the ledger then, and every so often anyway.
 */
export class Settled {
  /** Names this program to the workers that deliver its messages. */
  readonly waiter = randomUUID();
  readonly #redis: RedisClient;
  readonly #open: () => RedisClient;
  readonly #channel: (waiter: string) => string;
  readonly #onError: (error: unknown) => void;
  readonly #watched = new Map<string, () => void>();
  readonly #toTell = new Map<string, string[]>();
  #listener: RedisClient | undefined;
  #isHeard = false;

  /** @param open a connection that is used for nothing else. */
  constructor(redis: RedisClient, prefix: string, open: () => RedisClient, onError: (error: unknown) => void) {
    this.#redis = redis;
    this.#open = open;
    this.#channel = (waiter) => `${prefix}:{settled}:${waiter}`;
    this.#onError = onError;
  }

  /** Whether this program hears of its messages at the moment. If not, only looking tells. */
  get isHeard(): boolean {
    return this.#isHeard;
  }

  /** Begins to hear of messages, over a connection of its own that the first of them opens. */
  listen(): void {
    if (this.#listener) return;
    const listener = this.#open();
    this.#listener = listener;
    listener.on('error', this.#onError);
    listener.on('message', (_channel: string, batchIds: string) => {
      for (const batchId of batchIds.split(' ')) this.#watched.get(batchId)?.();
    });
    listener.on('close', () => {
      this.#isHeard = false;
    });
    const subscribe = () =>
      listener.subscribe(this.#channel(this.waiter)).then(() => {
        this.#isHeard = true;
      }, this.#onError);
    listener.on('ready', () => void subscribe());
    listener.connect().catch(this.#onError);
  }

  /** Begins to watch a message. Begin before its queue job is given: a worker may be through with it before that call returns. */
  watch(batchId: string): Watch {
    let [isTold, wake] = [false, () => {}];
    this.#watched.set(batchId, () => {
      isTold = true;
      wake();
    });
    return {
      next: (ms, signal) =>
        new Promise((resolve) => {
          const timer = setTimeout(() => wake(), isTold || signal.aborted ? 0 : ms);
          wake = () => {
            clearTimeout(timer);
            signal.removeEventListener('abort', wake);
            [isTold, wake] = [false, () => {}];
            resolve();
          };
          signal.addEventListener('abort', wake, { once: true });
        }),
      end: () => void this.#watched.delete(batchId),
    };
  }

  /** Nobody waits for this to arrive: whoever misses it looks. What is to be told at the same time is told in one go. */
  tell(waiter: string, batchId: string): void {
    const toTell = this.#toTell.get(waiter);
    if (toTell) toTell.push(batchId);
    else this.#toTell.set(waiter, [batchId]);
    if (!toTell) setImmediate(() => this.#publish(waiter));
  }

  #publish(waiter: string): void {
    const batchIds = this.#toTell.get(waiter) ?? [];
    this.#toTell.delete(waiter);
    this.#redis.publish(this.#channel(waiter), batchIds.join(' ')).catch(this.#onError);
  }

  close(): void {
    this.#listener?.disconnect();
  }
}
