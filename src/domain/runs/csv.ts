import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { isWellFormed } from '../recipients/text.js';
import type { Separator } from './sending.js';

export type CsvRow = readonly string[];

const lineEnd = '\r\n';

/**
 * What stands in quotes, whatever the separator and the line end of the file: all that some reader takes for the end of a value
 * or of a line, for a quote, a byte order mark or white space that it may drop.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const needsQuotes = /^ | $|[",;\u0000-\u001f\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]/;

/** The text of CSV records with a line end behind each. The only place where CSV is written. */
export function writeCsv(rows: readonly CsvRow[], separator: Separator): string {
  return rows.some(anyNeedsQuotes) ? quoted(rows, separator) : plain(rows, separator);
}

/** As `writeCsv`, for people's spreadsheets: a cell that one of them would run as a formula begins with an apostrophe. */
export function writeSpreadsheetCsv(rows: readonly CsvRow[]): string {
  return writeCsv(
    rows.map((row) => row.map(harmless)),
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

/** Source: https://owasp.org/www-community/attacks/CSV_Injection. What is a number, also with a sign, stays one. */
function harmless(cell: string): string {
  return /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(cell) && !/^[+-]?\d[\d.,]*$/.test(cell) ? `'${cell}` : cell;
}
