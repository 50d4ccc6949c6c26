import { showMasked } from '../domain/numbers/mask-number.js';
import { doubledKey, mayBeInexact, parseExactly } from '../domain/recipients/exact-json.js';
import { UnreadableRow } from '../domain/recipients/recipient.js';
import { SiaranError, UsageError } from '../errors.js';
import { BlankLines } from './bounds.js';
import { type CutOff, cutOffRow } from './cut-off.js';
import { splitLines } from './split-lines.js';

export type OpenedNdjson = {
  /** Of the first object. */
  heads: string[];
  /** What `change` makes of each object, and of what stands for a line that is none. To be read once. */
  rows(change: ChangeRow): AsyncIterable<unknown>;
};

/** `line`: the number of the row's line. */
type ChangeRow = (row: object, line: number) => unknown;

/** Where the reading is, and what is made of its rows from now on. */
type State = { line: number; change: ChangeRow };

/**
 * Opens newline-delimited JSON; `name` is what messages call it. Its first line has to be an object: where it isn't, all the
 * others are no rows either. @throws {UsageError}
 */
export async function openNdjson(text: AsyncIterable<string>, name: string, cutOff: CutOff): Promise<OpenedNdjson> {
  const state: State = { line: 0, change: (row) => row };
  const rows = parseLines(text, name, { cutOff, state });
  const first = await rows.next();
  if (!first.done && !(first.value instanceof UnreadableRow)) {
    const object = first.value as object;
    return { heads: Object.keys(object), rows: (change) => startingWith(object, rows, { state, change }) };
  }
  await rows.return();
  if (!first.done && first.value instanceof UnreadableRow && first.value.reason.includes(' twice'))
    throw new UsageError(`${name}: ${first.value.reason}; the first object names the columns, each once.`);
  if (!first.done && first.value instanceof UnreadableRow && first.value.reason.includes(' longer than'))
    throw new UsageError(`${name}: ${first.value.reason}. Write each object on a line of its own.`);
  throw new UsageError(
    `${name}: line ${state.line} is no JSON object. Write each object on one line of its own; \`jq -c .\` turns objects that take several lines into that.`,
  );
}

/** No generator: one more would cost a tenth of all the reading. */
function startingWith(
  first: object,
  rest: AsyncGenerator<unknown, void>,
  { state, change }: { state: State; change: ChangeRow },
): AsyncIterable<unknown> {
  const before: IteratorResult<unknown, void>[] = [{ done: false, value: change(first, state.line) }];
  state.change = change;
  const next = async () => before.pop() ?? rest.next();
  const reading = { next: () => (before.length > 0 ? next() : rest.next()), return: () => rest.return() };
  return { [Symbol.asyncIterator]: () => reading };
}

async function* parseLines(
  text: AsyncIterable<string>,
  name: string,
  { cutOff, state }: { cutOff: CutOff; state: State },
): AsyncGenerator<unknown, void> {
  // What can't be read is kept back by a line: the last one may be half of one, and then nothing stands behind it.
  let unread: { line: string; row: UnreadableRow } | undefined;
  let number = 0;
  const blank = new BlankLines(name);
  for await (const line of splitLines(text)) {
    if (unread) yield unread.row;
    unread = undefined;
    state.line = ++number;
    if (line instanceof UnreadableRow) yield line;
    else if (line.trim() === '') blank.add(number);
    else {
      const row = parseLine(line, number, name);
      if (row instanceof UnreadableRow) unread = { line, row };
      else yield state.change(row, number);
    }
  }
  // An object that is whole can't have been cut off, whether its line has an end or not.
  if (unread) yield cutOff.mayBe ? cutOffRow(cutOff, number, unread.line) : unread.row;
}

function parseLine(line: string, number: number, name: string): object {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    if (/\}\s*,\s*$/.test(line)) throw commaFault(name, number);
    return new UnreadableRow(`line ${number} is no JSON`, line);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return new UnreadableRow(`line ${number} is no JSON object`, line);
  let keys = 0;
  let hasNumbers = false;
  for (const key in value) {
    keys++;
    if (typeof (value as Record<string, unknown>)[key] !== 'string') hasNumbers = true;
  }
  const doubled = doubledKey(line, keys);
  if (doubled !== undefined) return new UnreadableRow(`line ${number} has the key ${showMasked(doubled)} twice`, line);
  return hasNumbers && mayBeInexact(line) ? (parseExactly(line) as object) : value;
}

/** Then it is a part of an array, and what is wrong with this line is wrong with nearly all. */
function commaFault(name: string, line: number): SiaranError {
  return new SiaranError(
    'INPUT',
    `${name}: line ${line} ends with a comma. Write each object on a line of its own with nothing behind it; \`jq -c '.[]'\` turns a JSON array into that.`,
  );
}
