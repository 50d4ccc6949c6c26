/** Rows that have one thing in common: what it is, how many there are, and the first of them. */
type Grouped = { reason: string; count: number; rows: number[] };

/** Different reasons than these are counted together. */
const mostGroups = 20;
const mostRows = 5;
const others = 'other reasons';

/** Counts rows by what they have in common, however many there are. */
export class RowGroups {
  readonly #groups = new Map<string, Grouped>();

  /** @param row its place, from 1. */
  add(row: number, what: string): void {
    const reason = this.#groups.has(what) || this.#groups.size < mostGroups ? what : others;
    const group = this.#groups.get(reason);
    if (!group) return void this.#groups.set(reason, { reason, count: 1, rows: [row] });
    group.count += 1;
    if (group.rows.length < mostRows) group.rows.push(row);
  }

  /** The most frequent first. */
  list(): Grouped[] {
    return [...this.#groups.values()].sort((a, b) => b.count - a.count);
  }
}
