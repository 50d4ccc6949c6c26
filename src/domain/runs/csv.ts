import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { isWellFormed } from '../recipients/text.js';
import type { Separator } from './sending.js';
import { toSpreadsheetCell } from './spreadsheet-cell.js';

type CsvRow = readonly string[];

const lineEnd = '\r\n';

/**
 * What stands in quotes, whatever the separator and the line end of the file: all that some reader takes for the end of a value
 * or of a line, for a quote, a byte order mark or white space that it may drop.
 */
const special = String.raw`",;\u0000-\u001f\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff`;
const needsQuotes = new RegExp(`^ | $|[${special}]`);

/** The text of CSV records with a line end behind each. The only place where CSV is written. */
export function writeCsv(rows: readonly CsvRow[], separator: Separator): string {
  return rows.some(anyNeedsQuotes) ? quoted(rows, separator) : plain(rows, separator);
}

/** As `writeCsv`, for people's spreadsheets: a cell that one of them would run as a formula begins with an apostrophe. */
export function writeSpreadsheetCsv(rows: readonly CsvRow[]): string {
  return writeCsv(
    rows.map((row) => row.map(toSpreadsheetCell)),
    ',',
  );
}

/**
 * The same in UTF-8, or `undefined` where a reader that takes any line end, and forgives a quote within a value, would read
 * other rows. What needs no quotes means the same to every reader by its construction.
 */
export function encodeCsv(rows: readonly CsvRow[], separator: Separator): Buffer | undefined {
  const isPlain = !rows.some(anyNeedsQuotes);
  const text = isPlain ? plain(rows, separator) : quoted(rows, separator);
  if (!isWellFormed(text)) return undefined;
  const csv = Buffer.from(text, 'utf8');
  return isPlain || isReadBack(csv, rows, separator) ? csv : undefined;
}

/**
 * As `encodeCsv`, of recipients' lines that stand below each other, without reading one of them: by far the most have no value that
 * needs quotes, nor one that JSON writes otherwise than it is, so that only brackets and quotes have to go. `undefined`: there is such
 * a value, or a line that isn't a number and as many values as there are columns, of which the number is the first; or they are not `count`.
 */
export function encodePlainLines(
  lines: string,
  count: number,
  columns: CsvRow,
  separator: Separator,
): Buffer | undefined {
  if (columns[0] !== 'phone_number' || anyNeedsQuotes(columns)) return undefined;
  const line = plainLine(columns.length - 1);
  let found = 0;
  while (line.lastIndex < lines.length) {
    if (!line.test(lines)) return undefined;
    found += 1;
  }
  if (found !== count) return undefined;
  const rows = lines.slice('["'.length, -'"]'.length).replaceAll('"]\n["', lineEnd).replaceAll('","', separator);
  return isWellFormed(rows) ? Buffer.from(plain([columns], separator) + rows + lineEnd, 'utf8') : undefined;
}

/** The next line that is a number and so many values of which none needs quotes in CSV or an escape in JSON; it has its line end, or is the last. */
function plainLine(values: number): RegExp {
  return new RegExp(`\\["[1-9]\\d{0,14}"(?:,"(?! )[^${special}\\\\]*"(?<! ")){${values}}\\](?:\n(?!$)|$)`, 'y');
}

export function isReadBack(csv: Buffer, rows: readonly CsvRow[], separator: Separator): boolean {
  const read: CsvRow[] = parse(csv, {
    delimiter: separator,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
    bom: true,
  });
  return read.length === rows.length && read.every((record, at) => isSameRow(record, rows[at] ?? []));
}

function isSameRow(left: CsvRow, right: CsvRow): boolean {
  return left.length === right.length && left.every((value, at) => value === right[at]);
}

function anyNeedsQuotes(row: CsvRow): boolean {
  return row.some((value) => needsQuotes.test(value));
}

/** The library makes four objects of each value, a third of all that delivering costs: it is for text that needs it. */
function quoted(rows: readonly CsvRow[], separator: Separator): string {
  return stringify([...rows], {
    delimiter: separator,
    record_delimiter: lineEnd,
    // By default the library quotes a CR or an LF only where it is the record delimiter, which CRLF isn't.
    quote_record_delimiter: true,
    quoted_match: needsQuotes,
  });
}

function plain(rows: readonly CsvRow[], separator: Separator): string {
  let text = '';
  for (const row of rows) text += row.join(separator) + lineEnd;
  return text;
}
