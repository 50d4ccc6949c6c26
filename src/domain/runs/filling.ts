import { identityIn, type RecipientLine } from '../recipients/recipient.js';
import { lineBytes } from './file-bytes.js';

/** The batch that a run fills at the moment. */
export type FillingBatch = {
  number: number;
  /** The first number that no batch of the run has. */
  nextNumber: number;
  size: number;
  /** At least as many as its rows take in its file. */
  bytes: number;
  openedAt: Date | null;
  closed: boolean;
};

/** How many recipients the batch of a number may have, and how many bytes each. */
export type Capacity = { recipientsOf(batchNumber: number): number; bytes: number };

/** Rows that follow each other in one batch, with the identities of their numbers; the first is its row number `firstPosition`, from 1. */
export type AddedRows = { batchNumber: number; firstPosition: number; lines: RecipientLine[]; phoneNumbers: string[] };

type Numbers = {
  known: Iterable<string>;
  suppressed: ReadonlySet<string>;
  forgotten?: ReadonlyMap<string, string>;
};

export function newBatch(number: number): FillingBatch {
  return { number, nextNumber: number + 1, size: 0, bytes: 0, openedAt: null, closed: false };
}

/** Fills one batch after the other; what is a duplicate or suppressed leaves its place to the next row. */
export class Filling {
  current: FillingBatch;
  readonly added: AddedRows[] = [];
  /** Numbers that were left out as suppressed, or their digests. */
  readonly dropped: string[] = [];
  readonly #taken: Set<string>;
  readonly #suppressed: ReadonlySet<string>;
  readonly #forgotten: ReadonlyMap<string, string>;
  readonly #full: FillingBatch[] = [];
  readonly #sizeBefore: number;
  readonly #capacity: Capacity;

  /**
   * @param known numbers that the run has already: all of them that may come.
   * @param suppressed numbers that are to be left out, likewise.
   * @param forgotten numbers of people who were forgotten, likewise: they are left out, and known by these digests.
   * @param capacity what a batch may have; a row that has more bytes than that alone has a batch of its own.
   */
  constructor(current: FillingBatch, { known, suppressed, forgotten = new Map() }: Numbers, capacity: Capacity) {
    this.#capacity = capacity;
    this.current = { ...current };
    this.#sizeBefore = current.size;
    this.#taken = new Set(known);
    this.#suppressed = suppressed;
    this.#forgotten = forgotten;
  }

  /** Returns how many of these the run had already, and how many were left out. */
  take(lines: readonly RecipientLine[]): { duplicates: number; suppressed: number } {
    const droppedBefore = this.dropped.length;
    let duplicates = 0;
    for (const line of lines) {
      const identity = identityIn(line);
      const digest = this.#forgotten.get(identity);
      const phoneNumber = digest ?? identity;
      // The run may know somebody who is being forgotten by either of them yet.
      if (this.#taken.has(identity) || this.#taken.has(phoneNumber)) {
        duplicates += 1;
        continue;
      }
      this.#taken.add(phoneNumber);
      if (digest !== undefined || this.#suppressed.has(phoneNumber)) {
        this.dropped.push(phoneNumber);
        continue;
      }
      const bytes = lineBytes(line);
      if (this.current.size > 0 && this.current.bytes + bytes > this.#capacity.bytes) this.close();
      this.#add(phoneNumber, line, bytes);
      if (this.current.size >= this.#capacity.recipientsOf(this.current.number)) this.close();
    }
    return { duplicates, suppressed: this.dropped.length - droppedBefore };
  }

  close(): void {
    this.#full.push({ ...this.current, closed: true });
    this.current = newBatch(this.current.nextNumber);
  }

  /** The batches that changed; one without recipients is none. */
  touched(): FillingBatch[] {
    const unchanged = this.#full.length === 0 && this.current.size === this.#sizeBefore;
    return unchanged || this.current.size === 0 ? this.#full : [...this.#full, this.current];
  }

  #add(phoneNumber: string, line: RecipientLine, bytes: number): void {
    this.current.size += 1;
    this.current.bytes += bytes;
    let rows = this.added.at(-1);
    if (rows?.batchNumber !== this.current.number) {
      rows = { batchNumber: this.current.number, firstPosition: this.current.size, lines: [], phoneNumbers: [] };
      this.added.push(rows);
    }
    rows.lines.push(line);
    rows.phoneNumbers.push(phoneNumber);
  }
}
