import type { Context } from '../../context.js';
import type { CallbackMeters } from '../../monitoring/callback-meters.js';
import type { CallbackCounts } from '../../pipeline/statuses/receive-callback.js';

const minuteMs = 60_000;

/** Sums what a receiver does, and logs it once a minute: a line for each callback would be thousands a second. */
export class CallbackTally {
  readonly #logger: Context['logger'];
  readonly #meters: CallbackMeters;
  readonly #timer = setInterval(() => this.#tell(), minuteMs).unref();
  #sums: Record<string, number> = {};
  /** Callbacks that were not taken, by the status of their answer. */
  #refused: Record<string, number> = {};
  readonly #failures = new Set<number>();

  constructor(logger: Context['logger'], meters: CallbackMeters) {
    this.#logger = logger;
    this.#meters = meters;
  }

  taken(counts: CallbackCounts): void {
    this.#meters.statuses(counts);
    for (const [name, count] of Object.entries({ callbacks: 1, ...counts }))
      this.#sums[name] = (this.#sums[name] ?? 0) + count;
  }

  answered(status: number, tookMs: number): void {
    this.#meters.answered(status, tookMs);
    if (status >= 400) this.#refused[status] = (this.#refused[status] ?? 0) + 1;
  }

  /** The first failure of a minute is told at once, and why; the others are among the sums. */
  failed(status: 500 | 503, err: unknown): void {
    if (this.#failures.has(status)) return;
    this.#failures.add(status);
    if (status === 503) this.#logger.warn({ err }, 'callback refused: Postgres is away');
    else this.#logger.error({ err }, 'callback refused');
  }

  /** Tells what is left to tell. */
  close(): void {
    clearInterval(this.#timer);
    this.#tell();
  }

  #tell(): void {
    const [sums, refused] = [this.#sums, this.#refused];
    [this.#sums, this.#refused] = [{}, {}];
    this.#failures.clear();
    const isRefused = Object.keys(refused).length > 0;
    if (isRefused)
      this.#logger.warn({ ...sums, refused }, 'callbacks of the last minute, and refused ones by their answer');
    else if (Object.keys(sums).length > 0) this.#logger.info(sums, 'callbacks of the last minute');
  }
}
