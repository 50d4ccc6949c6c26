import type { CountryCode } from '../../domain/numbers/phone-number.js';
import { compileReaderFor } from '../../domain/templates/check-row.js';
import type { OpenedRecipients } from '../../input/read-recipients.js';
import { count } from '../terminal/output.js';
import { type ProgressLine, showProgress, showsProgress } from '../terminal/progress.js';
import type { SendRequest } from './send-request.js';

type Phase = 'checking' | 'starting' | 'sending' | 'sealing';

/** How long a row may wait to be taken before the line says why. */
const patienceMs = 3_000;

/** What the sending of a file has come to, as one line on the terminal. */
export class SendProgress {
  readonly #size: number | undefined;
  readonly #country: CountryCode | undefined;
  readonly #request: Pick<SendRequest, 'values' | 'template'>;
  #phase: Phase = 'starting';
  #begunAt = Date.now();
  #rejected = 0;
  /** Since when the row that was handed over last waits to be taken. */
  #waitingSince: number | undefined;
  #shown: { stop(): void } | undefined;
  bytes = 0;
  rows = 0;

  /** @param size of the file in bytes, if that is known. */
  constructor(
    size: number | undefined,
    country: CountryCode | undefined,
    request: Pick<SendRequest, 'values' | 'template'>,
  ) {
    this.#size = size;
    this.#country = country;
    this.#request = request;
  }

  begin(phase: Phase): void {
    this.#phase = phase;
    this.#begunAt = Date.now();
    if (phase === 'sending') this.bytes = this.rows = 0;
    this.#shown ??= showProgress(() => this.#line());
  }

  stop(): void {
    this.#shown?.stop();
    this.#shown = undefined;
  }

  /** The rows as they are; counts them on their way. */
  async *count(columns: readonly string[], { rows, bytesRead }: OpenedRecipients): AsyncGenerator<unknown> {
    // Enqueueing tells at its end only how many it rejected. Reading each row twice is for who looks on.
    const read = showsProgress
      ? compileReaderFor(this.#request.template, columns, this.#country, this.#request.values)
      : undefined;
    for await (const row of rows) {
      this.rows += 1;
      this.bytes = bytesRead();
      if (read?.(row).ok === false) this.#rejected += 1;
      this.#waitingSince = Date.now();
      yield row;
      this.#waitingSince = undefined;
    }
  }

  #line(): ProgressLine {
    if (this.#phase === 'starting') return { fraction: undefined, text: 'Starting the run' };
    if (this.#phase === 'sealing') return { fraction: undefined, text: 'Sealing the run' };
    const fraction = this.#size === undefined ? undefined : this.#size === 0 ? 1 : this.bytes / this.#size;
    const perSecond = Math.round((this.rows / Math.max(100, Date.now() - this.#begunAt)) * 1_000);
    const rate = `${count(perSecond)} rows/s`;
    if (this.#phase === 'checking') return { fraction, text: `checking · ${count(this.rows)} rows · ${rate}` };
    if (this.#waitingSince !== undefined && Date.now() - this.#waitingSince > patienceMs) {
      const accepted = count(this.rows - this.#rejected);
      return { fraction, text: `${accepted} accepted · waiting for room: is a worker running, and Redis up?` };
    }
    const counts = `${count(this.rows - this.#rejected)} accepted · ${count(this.#rejected)} rejected`;
    return { fraction, text: `${counts} · ${rate}` };
  }
}
