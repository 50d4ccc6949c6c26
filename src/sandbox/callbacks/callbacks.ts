import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AcceptedJob } from '../accepted.js';
import { bodiesInOrder, type CallbackForm, mixedBodies, type SandboxMessage } from './bodies.js';
import { fateOf, type MessageFate, nameOf, plainFate } from './message-fate.js';

export type CallbackOptions = {
  /** Where callbacks go, secret and all. */
  readonly url: string;
  /** Default `whatsapp`. */
  readonly form?: CallbackForm;
  /**
   * A seed. Messages then end in different ways, by number: sent, delivered, read, failed with one code or another, failed after
   * delivered, never heard of. What is told of them comes in any order, some of it twice, of some people by a user id only. Left
   * out, each message is told to be sent, delivered and read, in this order.
   */
  readonly mix?: number;
  /** Told of each message before anything is posted of it. */
  readonly onMessage?: (message: SandboxMessage) => void;
};

/** Number → the code that its messages fail with, such as 131050 for an opt-out. */
export type FailingNumbers = Readonly<Record<string, number>>;

/** How many are posted at the same time: a slow receiver gets them slowly. */
const atATime = 8;
const mostTries = 6;

/** Tells how far each message has come, as Qiscus is held to. */
export class Callbacks {
  readonly #options: CallbackOptions;
  readonly #closing: AbortSignal;
  /** What is to be posted of each broadcast, made when its turn comes. What comes together is posted one after the other. */
  readonly #waiting: Iterator<readonly object[]>[] = [];
  /** Of a mix: how many messages a number got so far. */
  readonly #messages = new Map<string, number>();
  #failing: FailingNumbers = {};
  #posting = 0;
  #givenUp = 0;

  constructor(options: CallbackOptions, closing: AbortSignal) {
    this.#options = options;
    this.#closing = closing;
  }

  get failing(): FailingNumbers {
    return this.#failing;
  }

  set failing(numbers: FailingNumbers) {
    this.#failing = numbers;
  }

  /** Whether everything has been told, or given up. */
  get idle(): boolean {
    return this.#posting === 0;
  }

  /** How many callbacks nobody took. */
  get givenUp(): number {
    return this.#givenUp;
  }

  /** A broadcast was accepted. It is told of at once, as if the time had come for one that starts later. */
  add(numbers: ArrayLike<number>, job: AcceptedJob): void {
    this.#waiting.push(this.#options.mix === undefined ? this.#inOrder(numbers, job) : this.#mixed(numbers, job));
    while (this.#posting < atATime && this.#waiting.length > 0) void this.#postAll();
  }

  /** The numbers of a broadcast are those of its file, so this holds no copy of them. */
  *#inOrder(numbers: ArrayLike<number>, job: AcceptedJob): Generator<object[]> {
    for (let at = 0; at < numbers.length; at += 1)
      yield bodiesInOrder(this.#messageTo(String(numbers[at]), job), this.#options.form ?? 'whatsapp');
  }

  *#mixed(numbers: ArrayLike<number>, job: AcceptedJob): Generator<object[]> {
    const messages = Array.from(numbers, (number) => this.#messageTo(String(number), job));
    for (const body of mixedBodies(messages, this.#options.form ?? 'whatsapp', Number(numbers[0]))) yield [body];
  }

  #messageTo(number: string, job: AcceptedJob): SandboxMessage {
    const { mix: seed = 0 } = this.#options;
    const message = {
      ...{ messageId: `wamid.${randomUUID()}`, number, jobId: job.id, startsAt: startOf(job) },
      userId: `ID.${seed.toString(36)}x${Number(number).toString(36)}`,
      namedBy: this.#options.mix === undefined ? ('number' as const) : nameOf(seed, number),
      ...this.#fateOf(number),
    };
    this.#options.onMessage?.(message);
    return message;
  }

  #fateOf(number: string): MessageFate {
    const code = this.#failing[number];
    if (code !== undefined) return { statuses: ['failed'], code };
    if (this.#options.mix === undefined) return plainFate;
    const nth = (this.#messages.get(number) ?? 0) + 1;
    this.#messages.set(number, nth);
    return fateOf(this.#options.mix, number, nth);
  }

  async #postAll(): Promise<void> {
    this.#posting += 1;
    for (let bodies = this.#next(); bodies && !this.#closing.aborted; bodies = this.#next())
      for (const body of bodies) await this.#post(body);
    this.#posting -= 1;
  }

  #next(): readonly object[] | undefined {
    for (let first = this.#waiting[0]; first; first = this.#waiting[0]) {
      const { done, value } = first.next();
      if (!done) return value;
      this.#waiting.shift();
    }
    return undefined;
  }

  /** A receiver that is away, or knows nothing of the message yet, is asked again soon. */
  async #post(told: object): Promise<void> {
    const body = JSON.stringify(told);
    for (let tries = 1; tries <= mostTries && !this.#closing.aborted; tries += 1) {
      const answer = await fetch(this.#options.url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body,
        redirect: 'manual',
        signal: AbortSignal.any([this.#closing, AbortSignal.timeout(10_000)]),
      }).catch(() => undefined);
      await answer?.arrayBuffer().catch(() => undefined);
      if (answer?.ok) return;
      await sleep(50 * 2 ** tries, undefined, { signal: this.#closing }).catch(() => undefined);
    }
    this.#givenUp += 1;
  }
}

/** One that starts later is told of as if the time had come. */
function startOf({ startedAt, receivedAt }: AcceptedJob): number {
  const [received, started] = [Date.parse(receivedAt), Date.parse(startedAt ?? receivedAt)];
  return started > received ? started : received;
}
