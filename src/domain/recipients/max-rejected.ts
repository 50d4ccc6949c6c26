/** How many rows of a run may be rejected: a number, or a percentage of all its rows, as `1%`. */
type MaxRejected = { rows: number } | { percent: number };

/** As many as a text of nine digits says. */
const mostRows = 999_999_999;

/** Reads `250`, `1%` or `0.5%`. `undefined`: it is neither. */
export function readMaxRejected(given: unknown): MaxRejected | undefined {
  if (typeof given === 'number') {
    const isCount = Number.isInteger(given) && given >= 0 && given <= mostRows;
    return isCount ? { rows: given } : undefined;
  }
  if (typeof given !== 'string') return undefined;
  const [, amount, sign] = /^(\d{1,9}(?:\.\d{1,4})?)\s*(%?)$/.exec(given.trim()) ?? [];
  const value = Number(amount);
  if (amount === undefined || (sign === '%' && value > 100)) return undefined;
  if (sign === '%') return { percent: value };
  return Number.isInteger(value) ? { rows: value } : undefined;
}

/** As people write it, and as it is stored. */
export function formatMaxRejected(most: MaxRejected): string {
  return 'rows' in most ? String(most.rows) : `${most.percent}%`;
}

/** Why nothing of a list is sent, by how many of its rows were accepted and rejected. `undefined`: few enough were rejected. */
export function tooManyRejected(
  written: string | null,
  rows: { accepted: number; rejected: number },
): string | undefined {
  const most = readMaxRejected(written);
  if (most === undefined) return undefined;
  const all = rows.accepted + rows.rejected;
  const isTooMany = 'rows' in most ? rows.rejected > most.rows : rows.rejected * 100 > most.percent * all;
  if (!isTooMany) return undefined;
  return `nothing is sent: ${rows.rejected} of ${all} rows were rejected, and at most ${formatMaxRejected(most)} may be`;
}
