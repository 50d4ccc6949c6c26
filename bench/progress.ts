/** What is being done, on standard error: a line that changes on a terminal, a line a measurement anywhere else. */
export class Progress {
  readonly #terminal = process.stderr.isTTY === true;

  /** What goes on at the moment. */
  doing(text: string): void {
    if (this.#terminal) process.stderr.write(`\r\x1b[K${text} …`);
  }

  done(text: string): void {
    process.stderr.write(this.#terminal ? `\r\x1b[K${text}\n` : `${text}\n`);
  }

  clear(): void {
    if (this.#terminal) process.stderr.write('\r\x1b[K');
  }
}
