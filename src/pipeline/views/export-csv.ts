import type { Context } from '../../context.js';
import { exportColumns } from '../../domain/columns/export-columns.js';
import {
  maskGroupedNumbersIn,
  maskMessageId,
  maskNumbersBesideDatesIn,
  maskPhoneNumber,
} from '../../domain/numbers/mask-number.js';
import { writeSpreadsheetCsv } from '../../domain/runs/csv.js';
import { type ExportedRecipient, type ExportFilter, exportRun } from './export-run.js';

/** How much of each recipient whoever asks may see. */
type ExportSight = {
  /** Otherwise numbers are masked, also in texts. */
  withNumbers?: boolean;
  /** Otherwise there are no columns of values. */
  withValues?: boolean;
};

/**
 * A run's recipients with what became of each, as the text of a CSV file for people's spreadsheets, page by page.
 * @throws {NotFoundError | RunStateError}
 */
export async function exportCsv(
  ctx: Context,
  runId: string,
  { withNumbers = true, withValues = true, ...filter }: ExportSight & ExportFilter,
): Promise<AsyncGenerator<string>> {
  const { columns, pages } = await exportRun(ctx, runId, filter);
  const shown = columns.filter((column) => withValues || column === 'phone_number' || isOfFate(column));
  return csvOf(shown, pages, withNumbers);
}

async function* csvOf(
  columns: readonly string[],
  pages: Awaited<ReturnType<typeof exportRun>>['pages'],
  withNumbers: boolean,
): AsyncGenerator<string> {
  yield writeSpreadsheetCsv([columns]);
  for await (const page of pages) {
    if (!withNumbers) for (const row of page) maskRow(row);
    if (page.length > 0) yield writeSpreadsheetCsv(page.map((row) => columns.map((column) => cellOf(row[column]))));
  }
}

function cellOf(value: string | number | null | undefined): string {
  return value === null || value === undefined ? '' : String(value);
}

function isOfFate(column: string): boolean {
  return exportColumns.some((name) => name === column);
}

/** A number may stand in a value as well, and in what Qiscus says of a message. */
function maskRow(row: ExportedRecipient): void {
  for (const [column, value] of Object.entries(row))
    if (typeof value === 'string') row[column] = maskedCell(column, value);
}

function maskedCell(column: string, value: string): string {
  if (column === 'phone_number') return maskPhoneNumber(value);
  if (column === 'message_id') return maskMessageId(value);
  if (column === 'error' || column === 'notes') return maskNumbersBesideDatesIn(value);
  return isOfFate(column) ? value : maskGroupedNumbersIn(value);
}
