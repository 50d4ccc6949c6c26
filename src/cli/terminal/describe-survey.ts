import { type CountedDoubt, doubtWords } from '../../domain/recipients/doubts.js';
import type { RejectionGroup } from '../../domain/recipients/rejection-reasons.js';
import { count, plural } from './output.js';

const mostShown = 8;

/** `12 × body_variable1 with an error of a spreadsheet, such as "#N/A"`: a line for each of the most frequent. */
export function describeDoubts(doubts: readonly CountedDoubt[]): string[] {
  return shown(doubts, ({ column, kind, count: times, example }) => {
    const such = example === '' ? '' : `, such as ${JSON.stringify(example)}`;
    return `${count(times)} × ${column} with ${doubtWords[kind]}${such}`;
  });
}

/** `12 × phone_number … is too short`, and where the first of them stands. */
export function describeRejections(groups: readonly RejectionGroup[]): string[] {
  return shown(groups, ({ count: times, example }) => `${count(times)} × ${example}`);
}

function shown<T>(items: readonly T[], describe: (item: T) => string): string[] {
  const lines = [...items].slice(0, mostShown).map(describe);
  return items.length > mostShown ? [...lines, `and ${plural(items.length - mostShown, 'other kind')}`] : lines;
}
