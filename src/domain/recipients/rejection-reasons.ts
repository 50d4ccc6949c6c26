/** Rows that were rejected for one reason. `reason` stands without the value, `example` is the first of them with its place. */
export type RejectionGroup = { reason: string; count: number; example: string };

/** Different reasons than these are counted together. */
const mostGroups = 20;
const others = 'other reasons';

/** Counts rejected rows by their reason, whatever value each of them had. */
export class RejectionReasons {
  readonly #groups = new Map<string, RejectionGroup>();

  /** @param position the row's, from 1. */
  add(position: number, reason: string): void {
    const known = withoutValues(reason);
    const key = this.#groups.has(known) || this.#groups.size < mostGroups ? known : others;
    const group = this.#groups.get(key);
    if (group) group.count += 1;
    else this.#groups.set(key, { reason: key, count: 1, example: `row ${position}: ${reason}` });
  }

  /** The most frequent reason first. */
  list(): RejectionGroup[] {
    return [...this.#groups.values()].sort((a, b) => b.count - a.count);
  }
}

/**
 * What differs from row to row in a reason: values, which stand in quotes, and the numbers of lines and of what is counted.
 * JavaScript and Postgres read this pattern alike.
 */
export const varyingInReasons = String.raw`"(?:[^"\\]|\\.)*"|(?<![A-Za-z0-9_])(?:line|has) \d+(?= )`;
const varying = new RegExp(varyingInReasons, 'g');

/** Reasons are shorter than this. Of one that isn't the beginning has to do: a quote that is never closed is looked for again and again. */
export const mostOfReason = 2_000;

/** A reason without the value that it quotes: the same for all rows that are rejected for it. */
export function withoutValues(reason: string): string {
  return reason
    .slice(0, mostOfReason)
    .replace(varying, (text) => (text.startsWith('"') ? '…' : text.replace(/\d+/, '…')));
}
