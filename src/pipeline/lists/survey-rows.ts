import type { Context } from '../../context.js';
import { describeDoubt } from '../../domain/drafts/describe-doubt.js';
import { RowGroups } from '../../domain/drafts/row-groups.js';
import { byCallingCode } from '../../domain/prices/prices.js';
import { identityIn, type RecipientValues, readLines } from '../../domain/recipients/recipient.js';
import { withoutValues } from '../../domain/recipients/rejection-reasons.js';
import type { ValuePolicy } from '../../domain/recipients/value.js';
import type { Template } from '../../domain/templates/template.js';
import { variableLengthOf } from '../../domain/templates/variable-length.js';
import { countRows, remaining, startCounting } from '../campaigns/forecast.js';

/** How rows become recipients. */
export type RowReading = { template: Template; columns: readonly string[]; values: ValuePolicy };

/** Rows that have one thing in common. */
export type RowGroup = {
  /** In words, without values. */
  reason: string;
  /** How many rows. */
  count: number;
  /** The first few of them, from 1. */
  rows: number[];
};

/** What the rows of a list came to. */
export type RowCounts = {
  /** All rows that were read. */
  rows: number;
  /** Who would be messaged: accepted, counted once, and neither suppressed nor forgotten. */
  people: number;
  /** Rows that are not sent to. */
  rejected: RowGroup[];
  /** Rows that are sent all the same, and look like a mistake. */
  doubtful: RowGroup[];
  /** Rows whose number stood in a row before. */
  duplicates: number;
  /** People who are never to be messaged. */
  suppressed: number;
  /** The row with the longest values; `null`: none is accepted. */
  longestRow: number | null;
};

/** The same, with what only its reader asks for. */
export type Survey = RowCounts & {
  /** How many people each calling code has. */
  peopleByCallingCode: Record<string, number>;
  /** Whether these are all rows. */
  isWhole: boolean;
};

type SurveyOptions = {
  signal: AbortSignal;
  /** Default: all rows are read. */
  mostRows?: number;
  onRow?: () => void;
};

/** So many digits of a number tell its calling code. */
const startDigits = 3;

/** Reads rows as a run would. It holds a number of 11 to 16 bytes for each person, to find duplicates, and nothing else of a row. */
export async function surveyRows(
  ctx: Context,
  { template, columns, values }: RowReading,
  rows: AsyncIterable<unknown>,
  { signal, mostRows = Number.POSITIVE_INFINITY, onRow = () => {} }: SurveyOptions,
): Promise<Survey> {
  const counting = startCounting();
  const [rejected, doubtful] = [new RowGroups(), new RowGroups()];
  const countByStart = new Map<string, number>();
  const lengthOf = variableLengthOf(template, columns);
  let longest = { row: 0, length: -1 };
  let row = 0;
  let isWhole = true;
  async function* wanted(): AsyncGenerator<unknown, void> {
    for await (const found of rows) {
      signal.throwIfAborted();
      isWhole = row < mostRows;
      if (!isWhole) return;
      yield found;
    }
  }
  await countRows(ctx, { columns, values, template }, wanted(), counting, {
    onReading(reading) {
      row += 1;
      onRow();
      if (!reading.ok) return rejected.add(row, withoutValues(reading.reason));
      const [read = []] = readLines(reading.line);
      const length = lengthOf(read as RecipientValues);
      if (length > longest.length) longest = { row, length };
      for (const doubt of reading.doubts ?? []) doubtful.add(row, describeDoubt(doubt));
    },
    onLeft(lines) {
      for (const line of lines) {
        const start = identityIn(line).slice(0, startDigits);
        countByStart.set(start, (countByStart.get(start) ?? 0) + 1);
      }
    },
  });
  // A column that is empty in every row was forgotten in none.
  const known = new Set(counting.doubts.list().map(describeDoubt));
  return {
    ...{ rows: row, people: remaining(counting) },
    ...{ rejected: rejected.list(), doubtful: doubtful.list().filter(({ reason }) => known.has(reason)) },
    ...{ duplicates: counting.duplicates, suppressed: counting.suppressed },
    longestRow: longest.row === 0 ? null : longest.row,
    peopleByCallingCode: Object.fromEntries(byCallingCode(countByStart)),
    isWhole,
  };
}
