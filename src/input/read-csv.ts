import { showMasked } from '../domain/numbers/mask-number.js';
import { UnreadableRow } from '../domain/recipients/recipient.js';
import type { Separator } from '../domain/runs/sending.js';
import { SiaranError, UsageError } from '../errors.js';
import { BlankLines } from './bounds.js';
import { CsvFault, CsvScanner } from './csv-scanner.js';
import { type CutOff, cutOffRow } from './cut-off.js';

type CsvFormat = {
  separator: Separator;
  /** The number of the line that the text begins on. */
  firstLine: number;
  cutOff: CutOff;
};

type CsvRecord = string[] | UnreadableRow;

/** A CSV whose header line was read. `rows` gives objects by the column that each head is given; `''` is left out. */
export type OpenedCsv = {
  heads: string[];
  rows(columns: readonly string[]): AsyncGenerator<object, void>;
};

/** `name` is what messages call it. @throws {UsageError} when its first line names no columns. */
export async function openCsv(text: AsyncGenerator<string, void>, name: string, format: CsvFormat): Promise<OpenedCsv> {
  const blank = new BlankLines(name);
  const scanner = new CsvScanner(format.separator, format.firstLine, blank);
  const records = readRecords(text, name, scanner, format.cutOff);
  const first = await records.next();
  const heads = first.done || first.value instanceof UnreadableRow ? [] : first.value.map((head) => head.trim());
  refuseNumbers(heads, name);
  return { heads, rows: (columns) => rowsOf(records, { scanner, blank, heads, columns, separator: format.separator }) };
}

function refuseNumbers(heads: readonly string[], name: string): void {
  const number = heads.find((head) => /^\+?[\d\s().-]{8,}$/.test(head) || /^\d[.,]\d+e\+\d+$/i.test(head));
  if (number === undefined) return;
  throw new UsageError(
    `${name} has no header line: its first line has ${showMasked(number)} in it. It must name the columns, phone_number among them.`,
  );
}

/** The records of a CSV, blank lines left out; those before a fault are all given before it is thrown. */
async function* readRecords(
  text: AsyncGenerator<string, void>,
  name: string,
  scanner: CsvScanner,
  cutOff: CutOff,
): AsyncGenerator<CsvRecord, void> {
  let isHeader = true;
  try {
    for await (const chunk of text) {
      if (!scanner.push(chunk)) continue;
      for (let record = scanner.next(false); record; record = scanner.next(false)) {
        yield record;
        isHeader = false;
      }
    }
    // A CR that ended a chunk may have left more than one.
    for (;;) {
      const { rest, line } = scanner;
      const record = scanner.next(true);
      if (!record) break;
      const isCut = cutOff.mayBe && !isHeader && scanner.rest === '' && !/[\r\n]$/.test(rest);
      yield isCut ? cutOffRow(cutOff, line, rest) : record;
      isHeader = false;
    }
  } catch (error) {
    if (error instanceof CsvFault) throw new SiaranError('INPUT', `${name}: line ${error.line}: ${error.message}.`);
    throw error;
  }
}

type RowContext = {
  scanner: CsvScanner;
  blank: BlankLines;
  heads: readonly string[];
  columns: readonly string[];
  separator: string;
};

async function* rowsOf(records: AsyncIterable<CsvRecord>, context: RowContext): AsyncGenerator<object, void> {
  const { scanner, blank, columns, heads } = context;
  const nameless = heads.flatMap((head, at) => (head === '' ? at : []));
  const fewest = heads.findLastIndex((head) => head !== '') + 1;
  for await (const record of records) {
    if (record instanceof UnreadableRow) {
      yield record;
      continue;
    }
    // What a spreadsheet writes of a row that is empty: nothing but separators.
    if (record[0] === '' && record.every((value) => value === '')) {
      blank.add(scanner.recordLine);
      continue;
    }
    const isWhole = record.length >= fewest && record.length <= heads.length;
    if (!isWhole || nameless.length > 0) {
      const fault = placeFault(record, fewest, context);
      if (fault !== undefined) {
        yield new UnreadableRow(`line ${scanner.recordLine} ${fault}`, record.join('\0'));
        continue;
      }
    }
    const row: Record<string, string> = {};
    for (let index = 0; index < columns.length; index++) {
      const column = columns[index];
      if (column) row[column] = record[index] ?? '';
    }
    yield row;
  }
}

/** What is wrong with where a record's values stand; a column without a name may be there if it has no values. */
function placeFault(record: readonly string[], fewest: number, { heads, separator }: RowContext): string | undefined {
  const values = `${record.length} value${record.length === 1 ? '' : 's'}`;
  const named = heads.filter((head) => head !== '').length;
  const columns = `${named} column${named === 1 ? '' : 's'}`;
  if (record.length < fewest) return `has ${values}, the header line names ${columns}`;
  const surplus = record.findIndex((value, at) => (heads[at] ?? '') === '' && value.trim() !== '');
  if (surplus === -1) return undefined;
  if (surplus < heads.length) return `has a value in column ${surplus + 1}, which has no name in the header line`;
  return `has ${values}, the header line names ${columns}; a value with a "${separator}" in it is put in quotes`;
}
