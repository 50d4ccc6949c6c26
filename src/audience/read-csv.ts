import { Readable } from 'node:stream';
import { type CsvError, parse } from 'csv-parse';
import { showMasked } from '../domain/phone-number.js';
import { SiaranError, UsageError } from '../errors.js';

const MAX_RECORD_BYTES = 4_000_000;

export async function openCsv(
  text: AsyncGenerator<string, void>,
  name: string,
  separator: ',' | ';',
): Promise<{ columns: string[]; rows: AsyncIterable<unknown> }> {
  const records = readRecords(text, name, separator);
  const first = await records.next();
  const columns = first.done ? [] : first.value.map((column) => column.trim());
  checkHeader(columns, name);
  return { columns, rows: rowsOf(records, columns) };
}

function checkHeader(columns: readonly string[], name: string): void {
  const number = columns.find((column) => /^\+?[\d\s().-]{8,}$/.test(column) || /^\d[.,]\d+e\+\d+$/i.test(column));
  if (number !== undefined) {
    throw new UsageError(
      `${name} has no header line: its first line has ${showMasked(number)} in it. It must name the columns, phone_number among them.`,
    );
  }
  const doubled = columns.filter((column, index) => column !== '' && columns.indexOf(column) !== index);
  if (doubled.length > 0) {
    throw new UsageError(
      `${name}: the header line names ${[...new Set(doubled)].map(showMasked).join(', ')} more than once.`,
    );
  }
}

/** The records of a CSV, blank lines left out; those before a fault are all given before it is thrown. */
async function* readRecords(
  text: AsyncGenerator<string, void>,
  name: string,
  separator: string,
): AsyncGenerator<string[], void> {
  const source = Readable.from(text);
  const parser = parse({
    delimiter: separator,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    skip_empty_lines: true,
    // Or else a fault would discard the records that were parsed before it: see `skip` below.
    skip_records_with_error: true,
    max_record_size: MAX_RECORD_BYTES,
  });
  let fault: CsvError | undefined;
  parser.on('skip', (error: CsvError) => {
    if (fault) return;
    fault = error;
    source.unpipe(parser);
    source.destroy();
    parser.end();
  });
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  let records = 0;
  let line = 1;
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      if (fault && records >= Number(fault.records)) break;
      records++;
      line++;
      for (const field of record) line += newlinesIn(field);
      if (record.length > 1 || record[0]?.trim() !== '') yield record;
    }
    if (fault) throw csvFault(fault, name, line + Number(fault.empty_lines));
  } finally {
    source.destroy();
  }
}

function newlinesIn(field: string): number {
  let count = 0;
  for (let at = field.indexOf('\n'); at !== -1; at = field.indexOf('\n', at + 1)) count++;
  return count;
}

function csvFault(fault: CsvError, name: string, line: number): SiaranError {
  const what: Partial<Record<string, string>> = {
    CSV_QUOTE_NOT_CLOSED: 'has a quote (") that is never closed',
    CSV_MAX_RECORD_SIZE: 'is above 4 MB; probably a quote (") in it is never closed',
    CSV_INVALID_CLOSING_QUOTE: 'has text after a closing quote; a quote within a quoted value is written twice ("")',
    INVALID_OPENING_QUOTE: 'has a quote (") within a value; put that value in quotes and write the quote twice ("")',
  };
  const message = `${name}: the record that begins on line ${line} ${what[fault.code] ?? `can't be read: ${fault.code}`}.`;
  return new SiaranError('INPUT', message);
}

async function* rowsOf(records: AsyncIterable<string[]>, columns: readonly string[]): AsyncGenerator<unknown, void> {
  for await (const record of records) {
    const row: Record<string, string> = {};
    for (let index = 0; index < record.length; index++) {
      row[columns[index] ?? `column ${index + 1}`] = record[index] ?? '';
    }
    yield row;
  }
}
