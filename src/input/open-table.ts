import { compileColumnOf, type FittingRequest, isKnownColumn } from '../domain/columns/column-map.js';
import type { Separator } from '../domain/runs/sending.js';
import { UsageError } from '../errors.js';
import { lineEndsIn } from './csv-scanner.js';
import { type OpenedText, textFrom } from './open-text.js';
import { type OpenedCsv, openCsv } from './read-csv.js';
import { type OpenedNdjson, openNdjson } from './read-ndjson.js';

export interface TableSource {
  stream: AsyncIterable<Buffer>;
  /** What messages call it: a path, or `standard input`. */
  name: string;
  /** Used where the header line doesn't tell, as it has one column only. */
  separator?: Separator;
  /** Of a stream that may have stopped in the middle of a line: a last line without an end is rejected. */
  mayBeCut?: boolean;
  /** The columns of a source that has nothing in it, not even a header line; without them it is refused. */
  columnsIfEmpty?: readonly string[];
}

export type OpenedTable = (({ format: 'csv' } & OpenedCsv) | ({ format: 'ndjson' } & OpenedNdjson)) & {
  bytesRead(): number;
  cutLine(): number | undefined;
  /** There is nothing in it: its heads are the columns that were given for that. */
  isEmpty: boolean;
  /** Needed only where its rows aren't read. */
  close(): Promise<void>;
};

const MAX_HEADER_LENGTH = 65_536;
/** Blank lines may stand before the header line, but what is looked at again with every piece has to end. */
const MAX_BLANK_LENGTH = 1_000_000;
/** A first line that tells spreadsheets the separator. */
const separatorLine = /^\s*"?sep=(.)"?[ \t]*(\r\n|\n|\r(?=[^\n]))/i;

/** Reads the beginning of CSV or newline-delimited JSON, with whatever columns. @throws {UsageError | SiaranError} as `openRecipients` */
export async function openTable(
  input: Omit<TableSource, 'stream'> & FittingRequest,
  { text, bytesRead }: OpenedText,
): Promise<OpenedTable> {
  const { name } = input;
  const cutOff: { mayBe: boolean; line: number | undefined } = { mayBe: input.mayBeCut ?? false, line: undefined };
  try {
    const { start, told, firstLine } = await readStart(text, name);
    const all = textFrom(start, text);
    const isEmpty = start.trimStart() === '';
    const common = { bytesRead, cutLine: () => cutOff.line, isEmpty, close: async () => void (await all.return()) };
    if (isEmpty) return { format: 'csv', ...openNothing(input), ...common };
    if (start.trimStart().startsWith('{'))
      return { format: 'ndjson', ...(await openNdjson(all, name, cutOff)), ...common };
    const separator = told === undefined ? separatorOf(start, input) : knownSeparator(told, name);
    return { format: 'csv', ...(await openCsv(all, name, { separator, firstLine, cutOff })), ...common };
  } catch (error) {
    await text.return();
    throw error;
  }
}

type Start = { start: string; told: string | undefined; firstLine: number };

/** Enough text to tell the format and, of CSV, the whole header line. `told`: by a line before that one. */
async function readStart(text: AsyncIterator<string>, name: string): Promise<Start> {
  let start = '';
  let told: string | undefined;
  let firstLine = 1;
  for (;;) {
    const [line, separator] = separatorLine.exec(start) ?? [];
    if (line !== undefined && told === undefined) {
      told = separator;
      firstLine += lineEndsIn(line);
      start = start.slice(line.length);
    }
    const header = start.trimStart();
    // Whether the line is one about separators shows only with what stands behind a CR.
    if (header.startsWith('{') || (/[\r\n]./s.test(header) && !separatorLine.test(start))) break;
    if (header.length > MAX_HEADER_LENGTH)
      throw new UsageError(`${name}: the first line is too long for a header line.`);
    if (start.length > MAX_BLANK_LENGTH)
      throw new UsageError(
        `${name}: it begins with more than 1 MB of blank lines; its first line must name the columns.`,
      );
    const next = await text.next();
    if (next.done) break;
    start += next.value;
  }
  refuseOthers(start.trimStart(), name);
  return { start, told, firstLine };
}

function openNothing({ name, columnsIfEmpty }: Pick<TableSource, 'name' | 'columnsIfEmpty'>): OpenedCsv {
  if (columnsIfEmpty === undefined)
    throw new UsageError(`${name} is empty; its first line must name the columns, phone_number among them.`);
  return { heads: [...columnsIfEmpty], rows: async function* () {} };
}

function refuseOthers(start: string, name: string): void {
  if (start.startsWith('['))
    throw new UsageError(
      `${name} is a JSON array; write one object on each line, without brackets or commas between. \`jq -c '.[]'\` turns it into that.`,
    );
  // A NUL in a later line rejects that row.
  if (start.split(/[\r\n]/, 1)[0]?.includes('\0'))
    throw new UsageError(`${name} looks like UTF-16 or a binary file; save it as CSV in UTF-8.`);
}

function knownSeparator(told: string, name: string): Separator {
  if (told === ',' || told === ';') return told;
  throw new UsageError(
    `${name}: its first line names ${JSON.stringify(told)} as the separator; save it with commas or semicolons.`,
  );
}

function separatorOf(
  start: string,
  { name, separator, map = {}, ignoreColumns = [] }: Omit<TableSource, 'stream'> & FittingRequest,
): Separator {
  const header = start.trimStart().split(/[\r\n]/, 1)[0] ?? '';
  const columnOf = compileColumnOf({ map, ignoreColumns });
  const known = (candidate: string) =>
    header.split(candidate).filter((head) => isKnownColumn(columnOf(head.replaceAll('"', '')))).length;
  const outside = header.replace(/"[^"]*"/g, '');
  const found = ([',', ';'] as const).filter((candidate) => header.includes(candidate));
  if (found.length === 0 && header.includes('\t'))
    throw new UsageError(`${name}: the columns are separated by tabs; save it with commas or semicolons.`);
  const most = (count: (candidate: string) => number) =>
    found.toSorted((a, b) => count(b) - count(a)).find((candidate) => count(candidate) > 0);
  return most(known) ?? separator ?? most((candidate) => outside.split(candidate).length - 1) ?? found[0] ?? ',';
}
