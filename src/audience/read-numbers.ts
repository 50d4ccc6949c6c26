import { UsageError } from '../errors.js';
import { decodeUtf8 } from './decode-utf8.js';
import { splitLines } from './read-ndjson.js';
import { openRecipients } from './read-recipients.js';

export type OpenedNumbers = {
  /** Objects with a phone_number, and what can't be read as one. */
  rows: AsyncIterable<unknown>;
  bytesRead(): number;
};

const mostBytesOfStart = 65_536;

/**
 * Opens a list of phone numbers, whatever else stands there: CSV or newline-delimited JSON with a column phone_number, or
 * one number a line and nothing else. `name` is what messages call it. @throws {UsageError | SiaranError} as `openRecipients`
 */
export async function openNumbers(stream: AsyncIterable<Buffer>, name: string): Promise<OpenedNumbers> {
  const { start, whole } = await peek(stream);
  if (isNumber(firstLineOf(start))) return openPlain(whole, name);
  const { columns, rows, bytesRead } = await openRecipients({ stream: whole, name });
  if (!columns.includes('phone_number'))
    throw new UsageError(
      `${name} has no column phone_number. Give CSV or newline-delimited JSON that has one, or one number a line.`,
    );
  return { rows, bytesRead };
}

/** As much as has the first line in it, and the stream from its beginning. */
async function peek(stream: AsyncIterable<Buffer>): Promise<{ start: string; whole: AsyncIterable<Buffer> }> {
  const chunks = stream[Symbol.asyncIterator]();
  const seen: Buffer[] = [];
  let start = '';
  for (let bytes = 0; bytes < mostBytesOfStart && !/\S.*[\r\n]/.test(start); ) {
    const next = await chunks.next();
    if (next.done) break;
    seen.push(next.value);
    bytes += next.value.length;
    start = Buffer.concat(seen).toString();
  }
  const whole = async function* () {
    yield* seen;
    yield* { [Symbol.asyncIterator]: () => chunks };
  };
  return { start, whole: whole() };
}

/** Without the byte order mark, which counts as white space. */
function firstLineOf(text: string): string {
  return text.trim().split(/[\r\n]/, 1)[0] ?? '';
}

/** Digits, and what people write between them. A header line has letters in it. */
function isNumber(line: string): boolean {
  return /^[+\d\s().-]+$/.test(line);
}

function openPlain(stream: AsyncIterable<Buffer>, name: string): OpenedNumbers {
  let bytes = 0;
  const counted = async function* () {
    for await (const chunk of stream) {
      bytes += chunk.length;
      yield chunk;
    }
  };
  const rows = async function* () {
    for await (const line of splitLines(decodeUtf8(counted(), name)))
      if (typeof line !== 'string') yield line;
      else if (line.trim() !== '') yield { phone_number: line.trim() };
  };
  return { rows: rows(), bytesRead: () => bytes };
}
