import { writeSync } from 'node:fs';
import { escapeControls } from './domain/text/control-characters.js';

/** How long a reader of the log that is slow is waited for in all, before a line is given up. */
const longestWaitMs = 1_000;
const waitMs = 20;

/**
 * Writes lines of the log, and never fails: a disk that is full, or a reader that is gone, must not end the step that logs.
 * What couldn't be written is counted, and told before the next line that can be.
 */
export class LogOutput {
  readonly #write: (bytes: Buffer) => number;
  readonly #shown: (line: string) => string;
  #lost = 0;
  #torn = false;

  /**
   * @param write writes some of the bytes at least, and returns how many; or throws. @param shown what becomes of each line before.
   */
  constructor(write: (bytes: Buffer) => number, shown = (line: string) => line) {
    this.#write = write;
    this.#shown = shown;
  }

  write(line: string): void {
    const told = this.#lost > 0 ? `${this.#torn ? '\n' : ''}${lostLine(this.#lost)}` : '';
    if (this.#tryWrite(`${told}${this.#shown(line)}`)) this.#lost = 0;
    else this.#lost += 1;
  }

  #tryWrite(text: string): boolean {
    let bytes = Buffer.from(text);
    // Who couldn't write the line before isn't waited for again.
    let leftMs = this.#lost > 0 ? 0 : longestWaitMs;
    while (bytes.length > 0) {
      try {
        bytes = bytes.subarray(this.#write(bytes));
        this.#torn = true;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || leftMs <= 0) return false;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, waitMs);
        leftMs -= waitMs;
      }
    }
    this.#torn = false;
    return true;
  }
}

/** Standard error, as a file, a pipe or a terminal. */
export function standardError(): LogOutput {
  return new LogOutput((bytes) => writeSync(2, bytes), escapeControls);
}

function lostLine(lines: number): string {
  const fields = {
    level: 'warn',
    time: new Date().toISOString(),
    lines,
    msg: 'lines of this log could not be written',
  };
  return `${JSON.stringify(fields)}\n`;
}
