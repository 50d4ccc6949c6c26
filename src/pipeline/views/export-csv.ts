import type { Context } from '../../context.js';
import { maskMessageId, maskPhoneNumber } from '../../domain/numbers/mask-number.js';
import { writeSpreadsheetCsv } from '../../domain/runs/csv.js';
import { type ExportedRecipient, type ExportFilter, exportRun } from './export-run.js';

/**
 * A run's recipients with what became of each, as the text of a CSV file for people's spreadsheets, page by page.
 * @throws {NotFoundError | RunStateError}
 */
export async function exportCsv(
  ctx: Context,
  runId: string,
  { masked, ...filter }: { masked: boolean } & ExportFilter,
): Promise<AsyncGenerator<string>> {
  const { columns, pages } = await exportRun(ctx, runId, filter);
  return csvOf(columns, pages, masked);
}

async function* csvOf(
  columns: readonly string[],
  pages: Awaited<ReturnType<typeof exportRun>>['pages'],
  masked: boolean,
): AsyncGenerator<string> {
  yield writeSpreadsheetCsv([columns]);
  for await (const page of pages) {
    if (masked) for (const row of page) maskRow(row);
    if (page.length > 0) yield writeSpreadsheetCsv(page.map((row) => columns.map((column) => cellOf(row[column]))));
  }
}

function cellOf(value: string | number | null | undefined): string {
  return value === null || value === undefined ? '' : String(value);
}

function maskRow(row: ExportedRecipient): void {
  row.phone_number = maskPhoneNumber(String(row.phone_number));
  if (typeof row.message_id === 'string') row.message_id = maskMessageId(row.message_id);
}
