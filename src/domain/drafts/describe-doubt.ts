import { type Doubt, doubtWords } from '../recipients/doubts.js';

/** What looks like a mistake in a row, without its value. */
export function describeDoubt({ column, kind }: Pick<Doubt, 'column' | 'kind'>): string {
  return `${column}: ${doubtWords[kind]}`;
}
