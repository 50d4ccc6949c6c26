import { UsageError } from '../errors.js';
import { decodeUtf8 } from './decode-utf8.js';
import { openCsv } from './read-csv.js';
import { openNdjson } from './read-ndjson.js';

export interface RecipientSource {
  stream: AsyncIterable<Buffer>;
  /** What messages call it: a path, or `standard input`. */
  name: string;
  /** Used where the header line doesn't tell, as it has one column only. */
  separator?: ',' | ';';
  /** The columns of a source that has nothing in it, not even a header line; without them it is refused. */
  columnsIfEmpty?: readonly string[];
}

export interface OpenedRecipients {
  format: 'csv' | 'ndjson';
  columns: string[];
  /** Objects keyed by column; a line that can't be read as one is in there too, as what a recipient reader rejects. */
  rows: AsyncIterable<unknown>;
  bytesRead(): number;
}

const MAX_HEADER_LENGTH = 65_536;

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
    if (start.trimStart() === '') return { format: 'csv', ...openNothing(input), bytesRead: () => bytes };
    const all = chain(start, text);
    const isNdjson = start.trimStart().startsWith('{');
    const opened = isNdjson
      ? await openNdjson(all, input.name)
      : await openCsv(all, input.name, separatorOf(start, input));
    return { format: isNdjson ? 'ndjson' : 'csv', ...opened, bytesRead: () => bytes };
  } catch (error) {
    await text.return(undefined);
    throw error;
  }
}

async function* countBytes(stream: AsyncIterable<Buffer>, add: (length: number) => void): AsyncGenerator<Buffer, void> {
  for await (const chunk of stream) {
    add(chunk.length);
    yield chunk;
  }
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
  if (line.startsWith('['))
    throw new UsageError(`${name} is a JSON array; write one object on each line, without brackets or commas between.`);
  if (line.includes('\0')) throw new UsageError(`${name} looks like UTF-16 or a binary file; save it as CSV in UTF-8.`);
  return start;
}

function openNothing({ name, columnsIfEmpty }: RecipientSource): Pick<OpenedRecipients, 'columns' | 'rows'> {
  if (columnsIfEmpty === undefined)
    throw new UsageError(`${name} is empty; its first line must name the columns, phone_number among them.`);
  return { columns: [...columnsIfEmpty], rows: (async function* () {})() };
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
