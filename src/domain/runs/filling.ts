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

/** Rows that follow each other in one batch, each text one or several of them; the first is its row number `firstPosition`, from 1. */
type AddedRows = { batchNumber: number; firstPosition: number; lines: string[] };

/** How many rows were taken, how many of these the run had already, and how many were left out. */
export type Taken = { rows: number; duplicates: number; suppressed: number };

/** Numbers that aren't added again, or are left out. */
export type LeftOut = {
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

  readonly #leavesOut: boolean;

  /**
   * @param leftOut `known`: numbers that the run has already, all of them that may come; `suppressed`: those that are to be left out,
   * likewise; `forgotten`: those of people who were forgotten, likewise: they are left out, and known by these digests. Without it
   * every row of a block is added, and it is for the ledger to refuse a number that comes twice.
   * @param capacity what a batch may have; a row that has more bytes than that alone has a batch of its own.
   */
  constructor(current: FillingBatch, leftOut: LeftOut | undefined, capacity: Capacity) {
    const { known, suppressed, forgotten = new Map() } = leftOut ?? { known: [], suppressed: new Set() };
    this.#leavesOut = leftOut !== undefined;
    this.#capacity = capacity;
    this.current = { ...current };
    this.#sizeBefore = current.size;
    this.#taken = new Set(known);
    this.#suppressed = suppressed;
    this.#forgotten = forgotten;
  }

  /** Takes a block: lines that stand below each other. */
  takeBlock(block: string): Taken {
    if (this.#leavesOut) return this.take(block.split('\n'));
    const taken = { rows: 0, duplicates: 0, suppressed: 0 };
    for (let rest: string | undefined = block; rest !== undefined; ) {
      const room = this.#capacity.recipientsOf(this.current.number) - this.current.size;
      const first = firstLines(rest, Math.max(room, 1));
      this.#addAll(first.text, first.count);
      taken.rows += first.count;
      rest = first.rest;
    }
    return taken;
  }

  take(lines: readonly RecipientLine[]): Taken {
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
      this.#addLine(line);
    }
    return { rows: lines.length, duplicates, suppressed: this.dropped.length - droppedBefore };
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

  /** Lines that the batch has room for by their count; those that it has no room for by their bytes go into the next one. */
  #addAll(text: string, count: number): void {
    // Line ends are none of a line's own bytes.
    const bytes = lineBytes(text) - (count - 1);
    if (this.current.bytes + bytes > this.#capacity.bytes) for (const line of text.split('\n')) this.#addLine(line);
    else this.#add(text, count, bytes);
  }

  #addLine(line: RecipientLine): void {
    const bytes = lineBytes(line);
    if (this.current.size > 0 && this.current.bytes + bytes > this.#capacity.bytes) this.close();
    this.#add(line, 1, bytes);
  }

  #add(text: string, count: number, bytes: number): void {
    let rows = this.added.at(-1);
    if (rows?.batchNumber !== this.current.number) {
      rows = { batchNumber: this.current.number, firstPosition: this.current.size + 1, lines: [] };
      this.added.push(rows);
    }
    rows.lines.push(text);
    this.current.size += count;
    this.current.bytes += bytes;
    if (this.current.size >= this.#capacity.recipientsOf(this.current.number)) this.close();
  }
}

/** The first lines of a text, at most so many; `rest`: what stands below them, if anything does. */
function firstLines(text: string, most: number): { text: string; count: number; rest: string | undefined } {
  let [count, end] = [1, text.indexOf('\n')];
  while (end !== -1 && count < most) {
    count += 1;
    end = text.indexOf('\n', end + 1);
  }
  return end === -1 ? { text, count, rest: undefined } : { text: text.slice(0, end), count, rest: text.slice(end + 1) };
}
