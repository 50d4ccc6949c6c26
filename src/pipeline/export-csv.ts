import { stringify } from 'csv-stringify/sync';
import type { Context } from '../context.js';
import { maskPhoneNumber } from '../domain/phone-number.js';
import { exportRun } from './export-run.js';

/** A run's recipients with what became of each, as the text of a CSV file, page by page. @throws {NotFoundError | RunStateError} */
export async function exportCsv(
  ctx: Context,
  runId: string,
  { masked }: { masked: boolean },
): Promise<AsyncGenerator<string>> {
  const { columns, pages } = await exportRun(ctx, runId);
  return csvOf(columns, pages, masked);
}

async function* csvOf(
  columns: readonly string[],
  pages: Awaited<ReturnType<typeof exportRun>>['pages'],
  masked: boolean,
): AsyncGenerator<string> {
  yield csvLines([columns]);
  for await (const page of pages) {
    if (masked) for (const row of page) row.phone_number = maskPhoneNumber(String(row.phone_number));
    if (page.length > 0) yield csvLines(page.map((row) => columns.map((column) => row[column])));
  }
}

function csvLines(rows: readonly (readonly unknown[])[]): string {
  return stringify([...rows], { record_delimiter: '\r\n' });
}
