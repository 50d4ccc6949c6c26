import { UnreadableRow } from '../domain/recipient.js';
import { UsageError } from '../errors.js';

const MAX_LINE_LENGTH = 2_000_000;
const MAX_UNREADABLE_AT_START = 100;

export async function openNdjson(
  text: AsyncIterable<string>,
  name: string,
): Promise<{ columns: string[]; rows: AsyncIterable<unknown> }> {
  const rows = parseLines(text);
  const unreadable: unknown[] = [];
  while (unreadable.length < MAX_UNREADABLE_AT_START) {
    const next = await rows.next();
    if (next.done) break;
    unreadable.push(next.value);
    if (!(next.value instanceof UnreadableRow)) {
      return { columns: Object.keys(next.value), rows: prepend(unreadable, rows) };
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
export async function* splitLines(text: AsyncIterable<string>): AsyncGenerator<string | UnreadableRow, void> {
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
