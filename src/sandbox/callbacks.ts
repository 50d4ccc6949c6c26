import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

export type CallbackOptions = {
  /** Where callbacks go, secret and all. */
  readonly url: string;
  /** assumed: `whatsapp`, `{statuses: […]}`. `message`: `{type: "message_status", payload}`. */
  readonly form?: 'whatsapp' | 'message';
};

/** Number → the code that its messages fail with, such as 131050 for an opt-out. */
export type FailingNumbers = Readonly<Record<string, number>>;

/** How many are posted at the same time: a slow receiver gets them slowly. */
const atATime = 8;
const mostTries = 6;

type Told = { readonly number: string; readonly messageId: string; readonly status: string; readonly at: number };

/** Tells how far each message has come, as Qiscus is held to: a callback each for `sent`, `delivered` and `read`, in this order. */
export class Callbacks {
  readonly #options: CallbackOptions;
  readonly #closing: AbortSignal;
  /** Messages to come: the numbers of a broadcast are those of its file, so this holds no copy of them. */
  readonly #waiting: { numbers: ArrayLike<number>; next: number; startsAt: number }[] = [];
  #failing: FailingNumbers = {};
  #posting = 0;

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

  /** A broadcast was accepted. It is told of at once, as if the time had come for one that starts later. */
  add(numbers: ArrayLike<number>, startsAt: number): void {
    this.#waiting.push({ numbers, next: 0, startsAt });
    while (this.#posting < atATime && this.#waiting.length > 0) void this.#tellNext();
  }

  async #tellNext(): Promise<void> {
    this.#posting += 1;
    for (let broadcast = this.#waiting[0]; broadcast && !this.#closing.aborted; broadcast = this.#waiting[0]) {
      const number = broadcast.numbers[broadcast.next];
      broadcast.next += 1;
      if (broadcast.next >= broadcast.numbers.length) this.#waiting.shift();
      if (number !== undefined) await this.#tell(String(number), broadcast.startsAt);
    }
    this.#posting -= 1;
  }

  async #tell(number: string, startsAt: number): Promise<void> {
    const messageId = `wamid.${randomUUID()}`;
    const statuses = number in this.#failing ? ['failed'] : ['sent', 'delivered', 'read'];
    for (const [seconds, status] of statuses.entries())
      await this.#post({ number, messageId, status, at: Math.floor(startsAt / 1000) + seconds });
  }

  /** A receiver that is away, or knows nothing of the message yet, is asked again soon. */
  async #post(told: Told): Promise<void> {
    const body = JSON.stringify(this.#bodyOf(told));
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
  }

  #bodyOf({ number, messageId, status, at }: Told): object {
    const code = status === 'failed' ? this.#failing[number] : undefined;
    const error = code === undefined ? undefined : { code, title: `fault ${code}` };
    if (this.#options.form === 'message') {
      const payload = { message_id: messageId, status, recipient_id: number, timestamp: at };
      return { type: 'message_status', payload: { ...payload, ...(error && { error }) } };
    }
    const told = { id: messageId, status, timestamp: String(at), recipient_id: number };
    return { statuses: [{ ...told, ...(error && { errors: [error] }) }] };
  }
}
