import { isDeepStrictEqual } from 'node:util';
import { type Options, parse } from 'csv-parse/sync';
import type { Assumptions } from './assumptions.js';

const MAX_ROWS = 1_000;

/** The documented columns; the source is Qiscus's support article on broadcast CSV. */
const KNOWN_COLUMN =
  /^(phone_number|customer_name|header_variable|body_variable([1-9]|1[0-5])|button_type|button[1-9]\d?_variable[1-9]\d?)$/;
const E164_DIGITS = /^[1-9]\d{6,14}$/;
const BYTE_ORDER_MARK = '\uFEFF';

export type Separator = ',' | ';';
type CheckedCsv = {
  readonly ok: true;
  readonly header: readonly string[];
  /** In the file's order; a number that stands twice is here twice. */
  readonly numbers: readonly string[];
};
type CsvRefusal = { readonly ok: false; readonly reason: string };

/** What Qiscus is held to check in an uploaded file; the reason names the line, as a person counts them (the header is line 1). */
export function checkCsv(bytes: Uint8Array, separator: Separator, assumptions: Assumptions): CheckedCsv | CsvRefusal {
  const text = decodeUtf8(bytes);
  if (text === undefined) return refuse('file is not valid UTF-8');
  const bare = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  if (bare !== text && assumptions.refuseByteOrderMark) return refuse('file opens with a byte order mark');

  const parsed = parseRecords(bare, separator);
  if (typeof parsed === 'string') return refuse(parsed);
  const [header, ...rows] = parsed;
  if (header === undefined) return refuse('file is empty');

  const found =
    headerReason(header, separator, assumptions) ??
    rowsReason(header.length, rows, header, assumptions) ??
    takeNumbers(header.indexOf('phone_number'), rows, assumptions);
  if (Array.isArray(found)) return { ok: true, header, numbers: found };
  if (typeof found === 'string') return refuse(found);
  return refuse(`line ${lineOfRow(bare, separator, found.row)}${found.text}`);
}

export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

type Records = readonly (readonly string[])[];

/** What is wrong with one row, the first one being 0. */
type RowFault = { readonly row: number; readonly text: string };

/** What both a strict and a lenient reader take for the records, or why there is nothing that both do. */
function parseRecords(text: string, separator: Separator): Records | string {
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const strict = tryParse(text, separator, { record_delimiter: lineEnd });
  if (typeof strict === 'string' || !mayDiffer(text, lineEnd)) return strict;
  const lenient = tryParse(text, separator, { record_delimiter: ['\r\n', '\n', '\r'], relax_quotes: true });
  if (typeof lenient === 'string') return lenient;
  const at = strict.findIndex((record, row) => !isDeepStrictEqual(record, lenient[row]));
  if (at === -1 && strict.length === lenient.length) return strict;
  const record = at === -1 ? strict.length : at;
  return `file is read differently by a strict and by a lenient reader, from record ${record + 1} on: a value with a line break has to stand in quotes`;
}

/** Without a quote, and with one kind of line end, every reader splits alike. */
function mayDiffer(text: string, lineEnd: '\r\n' | '\n'): boolean {
  return text.includes('"') || (lineEnd === '\n' ? text.includes('\r') : /\r(?!\n)|(?<!\r)\n/.test(text));
}

function tryParse(text: string, separator: Separator, options: Options): Records | string {
  try {
    // One more than is allowed tells that there are too many without parsing all of a huge file.
    return parse(text, { ...options, delimiter: separator, relax_column_count: true, to: MAX_ROWS + 2 }) as Records;
  } catch (error) {
    return `file is not valid CSV: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Where a row ends. Noting that of every row would double what parsing costs, and files are rarely refused. */
function lineOfRow(text: string, separator: Separator, row: number): number {
  let line = 0;
  parse(text, {
    delimiter: separator,
    relax_column_count: true,
    to: row + 2,
    on_record: (_record: string[], { lines }) => {
      line = lines;
      return null;
    },
  });
  return line;
}

function headerReason(header: readonly string[], separator: Separator, assumptions: Assumptions): string | undefined {
  const doubled = header.find((column, at) => header.indexOf(column) !== at);
  if (doubled !== undefined) return `column ${JSON.stringify(doubled)} stands in the header twice`;
  if (!header.includes('phone_number')) {
    return `the header has no column phone_number (read with the separator ${JSON.stringify(separator)})`;
  }
  const unknown = header.find((column) => !KNOWN_COLUMN.test(column));
  if (unknown !== undefined && assumptions.refuseUnknownColumns) return `unknown column ${JSON.stringify(unknown)}`;
  return undefined;
}

function rowsReason(
  width: number,
  rows: Records,
  header: readonly string[],
  assumptions: Assumptions,
): string | RowFault | undefined {
  if (rows.length === 0) return 'file has no recipients';
  if (rows.length > MAX_ROWS) return `file has more than ${MAX_ROWS} recipients`;
  for (const [row, record] of rows.entries()) {
    if (record.length !== width) return { row, text: ` has ${record.length} columns, the header has ${width}` };
    if (!assumptions.refuseEmptyVariables) continue;
    const empty = record.findIndex((value, at) => value === '' && header[at]?.includes('_variable'));
    if (empty !== -1) return { row, text: `: ${header[empty]} is empty` };
  }
  return undefined;
}

function takeNumbers(column: number, rows: Records, assumptions: Assumptions): string[] | RowFault {
  const numbers: string[] = [];
  const seen = new Set<string>();
  for (const [row, record] of rows.entries()) {
    const number = record[column] ?? '';
    if (!E164_DIGITS.test(number)) {
      if (assumptions.dropBadNumbers) continue;
      return { row, text: `: phone_number ${JSON.stringify(number)} is not E.164 digits` };
    }
    if (assumptions.refuseDuplicateNumbers && seen.has(number)) {
      return { row, text: `: phone_number ${number} stands in the file twice` };
    }
    seen.add(number);
    numbers.push(number);
  }
  return numbers;
}

export function isE164Digits(text: string): boolean {
  return E164_DIGITS.test(text);
}

function refuse(reason: string): CsvRefusal {
  return { ok: false, reason };
}
