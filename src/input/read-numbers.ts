import { compileColumnOf, isKnownColumn, noFitting } from '../domain/columns/column-map.js';
import { plainNumber } from '../domain/numbers/number-spelling.js';
import { UnreadableRow } from '../domain/recipients/recipient.js';
import { UsageError } from '../errors.js';
import { BlankLines } from './bounds.js';
import { type CutOff, cutOffRow } from './cut-off.js';
import { type OpenedTable, openTable, type TableSource } from './open-table.js';
import { type OpenedText, openText, textFrom } from './open-text.js';
import { splitLines } from './split-lines.js';

type OpenedNumbers = {
  /** Those that only a list of recipients has. */
  recipientColumns: readonly string[];
  /** Objects with a phone_number, and what can't be read as one. */
  rows: AsyncIterable<unknown>;
  /** Of what was given, packed or not. */
  bytesRead(): number;
  /** The number of the last line, if it has no end and is rejected as it may have been cut off. */
  cutLine(): number | undefined;
};

const mostOfStart = 65_536;

/**
 * Opens a list of phone numbers, whatever else stands there: CSV or newline-delimited JSON with a column phone_number, or
 * one number a line and nothing else. @throws {UsageError | SiaranError} as `openRecipients`
 */
export async function openNumbers(input: TableSource): Promise<OpenedNumbers> {
  const { text, bytesRead } = openText(input.stream, input.name);
  const start = await readStart(text);
  const opened = { text: textFrom(start, text), bytesRead };
  if (isNumber(start.trim().split(/[\r\n]/, 1)[0] ?? '')) return openPlain(input, opened);
  const table = await openTable(input, opened);
  const columnOf = compileColumnOf(noFitting);
  const isNumbers = table.heads.map((head) => columnOf(head) === 'phone_number');
  const found = isNumbers.filter(Boolean).length;
  const recipientColumns = table.heads.map(columnOf).filter((name) => name !== 'phone_number' && isKnownColumn(name));
  if (found === 1) return { recipientColumns, rows: numbersOf(table, isNumbers), bytesRead, cutLine: table.cutLine };
  await table.close();
  throw new UsageError(
    found === 0
      ? `${input.name} has no column phone_number. Give CSV or newline-delimited JSON that has one, or one number a line.`
      : `${input.name} has the column phone_number more than once.`,
  );
}

/** As much as has the first line in it. */
async function readStart(text: AsyncIterator<string>): Promise<string> {
  let start = '';
  while (start.length < mostOfStart && !/[\r\n]/.test(start.trimStart())) {
    const next = await text.next();
    if (next.done) break;
    start += next.value;
  }
  return start;
}

function numbersOf(table: OpenedTable, isNumbers: readonly boolean[]): AsyncIterable<unknown> {
  if (table.format === 'csv') return table.rows(isNumbers.map((is) => (is ? 'phone_number' : '')));
  const columnOf = compileColumnOf(noFitting);
  return table.rows((row) => {
    const number = Object.entries(row).find(([key]) => columnOf(key) === 'phone_number');
    return row instanceof UnreadableRow || number === undefined ? row : { phone_number: number[1] };
  });
}

/** Longer than anything that is meant as one. */
const mostOfNumber = 200;

/** Digits, and what people write between them. A header line has letters in it. */
function isNumber(line: string): boolean {
  return line.length <= mostOfNumber && /^[+\d\s().-]+$/.test(plainNumber(line));
}

function openPlain({ name, mayBeCut = false }: TableSource, { text, bytesRead }: OpenedText): OpenedNumbers {
  const cutOff: CutOff = { mayBe: mayBeCut, line: undefined };
  return { recipientColumns: [], rows: plainNumbers(text, name, cutOff), bytesRead, cutLine: () => cutOff.line };
}

async function* plainNumbers(text: AsyncIterable<string>, name: string, cutOff: CutOff): AsyncGenerator<unknown, void> {
  let last: string | UnreadableRow = '';
  let number = 0;
  const blank = new BlankLines(name);
  for await (const line of splitLines(text)) {
    if (number > 0) yield* numberOn(last);
    number++;
    if (typeof line === 'string' && line.trim() === '') blank.add(number);
    last = line;
  }
  // What stands behind the last line end.
  if (cutOff.mayBe && typeof last === 'string' && last.trim() !== '') yield cutOffRow(cutOff, number, last);
  else yield* numberOn(last);
}

function* numberOn(line: string | UnreadableRow): Generator<unknown, void> {
  if (typeof line !== 'string') yield line;
  else if (line.trim() !== '') yield { phone_number: line.trim() };
}
