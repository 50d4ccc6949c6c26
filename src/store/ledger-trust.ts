const trustMs = 1_000;

/**
 * For how long a look at the ledger holds good. A Postgres that goes back to an older state ends every connection first, so
 * a new one brings doubt; and behind a pooler, which hides that, the time ends it.
 */
export class LedgerTrust {
  #doubts = 0;
  #until = Number.NEGATIVE_INFINITY;

  get holds(): boolean {
    return performance.now() < this.#until;
  }

  doubt(): void {
    this.#doubts += 1;
    this.#until = Number.NEGATIVE_INFINITY;
  }

  /** Begins a look at the ledger; call what it returns when all was found to be there. */
  look(): () => void {
    const [doubts, begun] = [this.#doubts, performance.now()];
    return () => {
      if (doubts === this.#doubts) this.#until = begun + trustMs;
    };
  }
}
