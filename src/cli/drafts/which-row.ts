import { UsageError } from '../../errors.js';
import type { WhichRow } from '../../pipeline/drafts/preview-draft.js';

const found = ['longest', 'doubtful', 'rejected'] as const;

/** Which row `--row` names: its place, or one that the check has found. @throws {UsageError} */
export function whichRow(text: string): WhichRow {
  const named = found.find((name) => name === text);
  if (named !== undefined) return named;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UsageError(
    `--row is ${JSON.stringify(text.slice(0, 40))}; it is a row, the first is 1, or ${found.join(', ')}, as the check has found them.`,
  );
}
