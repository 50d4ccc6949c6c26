import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { type CsvError, parse } from 'csv-parse';
import { showMasked } from '../domain/phone-number.js';
import { UnreadableRow } from '../domain/recipient.js';
import { SiaranError, UsageError } from '../errors.js';

export interface RecipientSource {
  stream: AsyncIterable<Buffer>;
  /** What messages call it: a path, or `standard input`. */
  name: string;
  /** Used where the header line doesn't tell, as it has one column only. */
  separator?: ',' | ';';
}

export interface OpenedRecipients {
  format: 'csv' | 'ndjson';
  columns: string[];
  /** Objects keyed by column; a line that can't be read as one is in there too, as what a recipient reader rejects. */
  rows: AsyncIterable<unknown>;
  bytesRead(): number;
}

const MAX_RECORD_BYTES = 4_000_000;
const MAX_LINE_LENGTH = 2_000_000;
const MAX_HEADER_LENGTH = 65_536;
const MAX_UNREADABLE_AT_START = 100;

/**
 * Reads the beginning of a file of recipients, CSV or newline-delimited JSON, and streams the rest of it.
 * @throws UsageError when no columns can be told; SiaranError `INPUT` (also while iterating) when the data can't be read.
 */
export async function openRecipients(input: RecipientSource): Promise<OpenedRecipients> {
  let bytes = 0;
  const counted = countBytes(input.stream, (length) => {
    bytes += length;
  });
  const text = decodeUtf8(counted, input.name);
  try {
    const start = await readStart(text, input.name);
    const all = chain(start, text);
    const opened = start.trimStart().startsWith('{')
      ? await openNdjson(all, input.name)
      : await openCsv(all, input.name, separatorOf(start, input));
    return { ...opened, bytesRead: () => bytes };
  } catch (error) {
    await text.return(undefined);
    throw error;
  }
}

/** The SHA-256 of a file's content, in hex. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

async function* countBytes(stream: AsyncIterable<Buffer>, add: (length: number) => void): AsyncGenerator<Buffer, void> {
  for await (const chunk of stream) {
    add(chunk.length);
    yield chunk;
  }
}

const HOW_TO_SAVE = 'Save it as UTF-8 (in Excel: "CSV UTF-8").';

/** Decodes strictly: a file in another encoding would put garbage into messages, so it is refused instead. */
async function* decodeUtf8(stream: AsyncIterable<Buffer>, name: string): AsyncGenerator<string, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let lines = 0;
  let first = true;
  const decode = (chunk: Buffer, last: boolean): string => {
    try {
      return decoder.decode(chunk, { stream: !last });
    } catch {
      const line = lines + 1 + newlinesBeforeFault(chunk);
      throw new SiaranError('INPUT', `${name} is not in UTF-8 (line ${line}). ${HOW_TO_SAVE}`);
    }
  };
  try {
    for await (const chunk of stream) {
      if (first && isUtf16(chunk)) throw new SiaranError('INPUT', `${name} is in UTF-16. ${HOW_TO_SAVE}`);
      first = false;
      yield decode(chunk, false);
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines++;
    }
    yield decode(Buffer.alloc(0), true);
  } catch (error) {
    if (error instanceof SiaranError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new SiaranError('INPUT', `${name} can't be read: ${message}`, { cause: error });
  }
}

function isUtf16(chunk: Buffer): boolean {
  return (chunk[0] === 0xff && chunk[1] === 0xfe) || (chunk[0] === 0xfe && chunk[1] === 0xff);
}

function newlinesBeforeFault(chunk: Buffer): number {
  // What is broken at the very start may be the rest of a character that began in the chunk before.
  const text = chunk.toString('utf8').replace(/^\ufffd+/, '');
  const fault = text.indexOf('\ufffd');
  return fault === -1 ? 0 : newlinesIn(text.slice(0, fault));
}

/** Enough text to tell the format and, of CSV, the whole header line. */
async function readStart(text: AsyncIterator<string>, name: string): Promise<string> {
  let start = '';
  for (;;) {
    const line = start.trimStart();
    if (line.startsWith('{') || /[\r\n]/.test(line)) break;
    if (line.length > MAX_HEADER_LENGTH) throw new UsageError(`${name}: the first line is too long for a header line.`);
    const next = await text.next();
    if (next.done) break;
    start += next.value;
  }
  const line = start.trimStart();
  if (line === '')
    throw new UsageError(`${name} is empty; its first line must name the columns, phone_number among them.`);
  if (line.startsWith('['))
    throw new UsageError(`${name} is a JSON array; write one object on each line, without brackets or commas between.`);
  if (line.includes('\0')) throw new UsageError(`${name} looks like UTF-16 or a binary file; save it as CSV in UTF-8.`);
  return start;
}

async function* chain(start: string, rest: AsyncGenerator<string, void>): AsyncGenerator<string, void> {
  try {
    yield start;
    yield* rest;
  } finally {
    // For a consumer that stops within `start`, when the rest was not begun.
    await rest.return();
  }
}

function separatorOf(start: string, input: RecipientSource): ',' | ';' {
  const header = start.trimStart().split(/[\r\n]/, 1)[0] ?? '';
  const isSeparator = (separator: string) => header.split(separator).some((name) => /^\W*phone_number\W*$/i.test(name));
  const candidates = ([',', ';'] as const).filter((separator) => header.includes(separator));
  if (candidates.length === 0 && header.includes('\t')) {
    throw new UsageError(`${input.name}: the columns are separated by tabs; save it with commas or semicolons.`);
  }
  return candidates.find(isSeparator) ?? input.separator ?? candidates[0] ?? ',';
}

type Opened = Omit<OpenedRecipients, 'bytesRead'>;

async function openCsv(text: AsyncGenerator<string, void>, name: string, separator: ',' | ';'): Promise<Opened> {
  const records = readRecords(text, name, separator);
  const first = await records.next();
  const columns = first.done ? [] : first.value.map((column) => column.trim());
  checkHeader(columns, name);
  return { format: 'csv', columns, rows: rowsOf(records, columns) };
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

async function openNdjson(text: AsyncIterable<string>, name: string): Promise<Opened> {
  const rows = parseLines(text);
  const unreadable: unknown[] = [];
  while (unreadable.length < MAX_UNREADABLE_AT_START) {
    const next = await rows.next();
    if (next.done) break;
    unreadable.push(next.value);
    if (!(next.value instanceof UnreadableRow)) {
      return { format: 'ndjson', columns: Object.keys(next.value), rows: prepend(unreadable, rows) };
    }
  }
  await rows.return();
  throw new UsageError(`${name}: none of the first lines is a JSON object; write one object on each line.`);
}

async function* prepend(first: readonly unknown[], rest: AsyncGenerator<object, void>): AsyncGenerator<unknown, void> {
  try {
    yield* first;
    yield* rest;
  } finally {
    await rest.return();
  }
}

async function* parseLines(text: AsyncIterable<string>): AsyncGenerator<object, void> {
  let number = 0;
  for await (const line of splitLines(text)) {
    number++;
    if (line instanceof UnreadableRow) yield line;
    else if (line.trim() !== '') yield parseLine(line, number);
  }
}

function parseLine(line: string, number: number): object {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
    return new UnreadableRow(`line ${number} is no JSON object`, line);
  } catch {
    return new UnreadableRow(`line ${number} is no JSON`, line);
  }
}

/** Lines without their ends. Of a line that is too long nothing is kept but its beginning, to tell it from another one. */
async function* splitLines(text: AsyncIterable<string>): AsyncGenerator<string | UnreadableRow, void> {
  let line = '';
  let tooLong: UnreadableRow | undefined;
  for await (const chunk of text) {
    let from = 0;
    for (let to = chunk.indexOf('\n'); to !== -1; to = chunk.indexOf('\n', from)) {
      yield tooLong ?? line + chunk.slice(from, to);
      line = '';
      tooLong = undefined;
      from = to + 1;
    }
    if (tooLong) continue;
    line += chunk.slice(from);
    if (line.length > MAX_LINE_LENGTH) {
      tooLong = new UnreadableRow('the line is above 2 MB', line.slice(0, 10_000));
      line = '';
    }
  }
  if (tooLong || line !== '') yield tooLong ?? line;
}
