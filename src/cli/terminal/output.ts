import { randomBytes } from 'node:crypto';
import pc from 'picocolors';
import { escapeControls } from '../../domain/text/control-characters.js';
import { inOneLine } from './in-one-line.js';

/** Whether what is written shows colours and emphasis. */
// Not `pc` itself: it also colours what goes into a file when a CI variable is set.
export const isColoured = process.stdout.isTTY === true && pc.isColorSupported;
/** Stands for a sequence of ours until it is written: a text from elsewhere can't have it in it. */
const mark = randomBytes(8).toString('hex');
const marked = new RegExp(`${mark}\\[(\\d+)m`);
const coloured = (begin: number, end: number) => (text: string) =>
  isColoured ? `${mark}[${begin}m${text}${mark}[${end}m` : text;

export const [bold, dim] = [coloured(1, 22), coloured(2, 22)];
export const [italic, strike] = [coloured(3, 23), coloured(9, 29)];
export const [green, red, yellow] = [coloured(32, 39), coloured(31, 39), coloured(33, 39)];

/**
 * A text as it may be written to a terminal. Names, the provider's words and errors come from elsewhere: what in them would move the
 * cursor, colour what follows or do worse is shown as a code. Only the colours of this file are let through.
 */
export function forTerminal(text: string): string {
  // Texts and the codes between them by turns.
  return text
    .split(marked)
    .map((part, at) => (at % 2 === 0 ? escapeControls(part) : `\x1b[${part}m`))
    .join('');
}

let readerGone = false;

/**
 * Lets `siaran … | head` end quietly: what nobody reads any more is not written, and is no failure. Nor is what standard error
 * has no room for: it is no result.
 */
export function bearClosedPipes(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    readerGone = true;
  });
  process.stderr.on('error', () => {});
}

/** Writes a line to standard output, where results go. */
export function print(line: string): Promise<void> {
  return write(forTerminal(`${line}\n`));
}

export function printJson(document: unknown): Promise<void> {
  return print(JSON.stringify(document));
}

/** Writes pieces as they come, no faster than they are read, and stops when nobody reads any more. */
export function printAll(pieces: AsyncIterable<string>): Promise<void> {
  return writeAll(pieces, forTerminal);
}

/** As `printAll`, for data that a program reads: into a file or pipe they go as they are. */
export function printData(pieces: AsyncIterable<string>): Promise<void> {
  return process.stdout.isTTY ? printAll(pieces) : writeAll(pieces);
}

/** The text of one JSON array with all that the pages hold. */
export async function* jsonArray(pages: AsyncIterable<readonly unknown[]>): AsyncGenerator<string> {
  let before = '[';
  for await (const page of pages) {
    if (page.length === 0) continue;
    yield before + page.map((item) => JSON.stringify(item)).join(',\n');
    before = ',\n';
  }
  yield before === '[' ? '[]\n' : ']\n';
}

/** Writes a line to standard error, where all goes that is no result. */
export function note(line: string): void {
  try {
    process.stderr.write(forTerminal(`${line}\n`));
  } catch {
    // A file on a full disk throws here, a pipe emits an error event.
  }
}

async function writeAll(pieces: AsyncIterable<string>, shown = (piece: string) => piece): Promise<void> {
  for await (const piece of pieces) {
    await write(shown(piece));
    if (readerGone) return;
  }
}

function write(text: string): Promise<void> {
  if (readerGone) return Promise.resolve();
  return new Promise((resolve) => process.stdout.write(text, () => resolve()));
}

/**
 * Columns under their heads; what is a number stands at the right. Where a line has less room, the columns that don't fit stand in lines
 * below it, farther in.
 * @param room characters in a line; default: as many as the terminal has.
 */
export function table(
  heads: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  // A terminal that doesn't know its size says 0.
  room = process.stdout.columns || Number.POSITIVE_INFINITY,
): string {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? count(cell) : inOneLine(cell))));
  const widths = heads.map((head, at) => Math.max(head.length, ...cells.map((row) => row[at]?.length ?? 0)));
  const atRight = heads.map((_, at) => rows.length > 0 && rows.every((row) => typeof row[at] === 'number'));
  const lines = linesOfColumns(widths, room);
  const shown = (row: readonly string[]): string =>
    lines
      .map((columns, line) => {
        const padded = columns.map((at) => {
          const [cell = '', width = 0] = [row[at], widths[at]];
          return atRight[at] ? cell.padStart(width) : cell.padEnd(width);
        });
        return line === 0 ? padded.join('  ').trimEnd() : wrapped(padded.join('  ').trimEnd(), room);
      })
      .filter((line, at) => at === 0 || line.trim() !== '')
      .join('\n');
  return [dim(shown(heads)), ...cells.map(shown)].join('\n');
}

const farther = ' '.repeat(4);

/** Which columns stand in which line: as many as there is room for. */
function linesOfColumns(widths: readonly number[], room: number): number[][] {
  const lines: number[][] = [[]];
  let taken = 0;
  for (const [at, width] of widths.entries()) {
    if (taken > 0 && taken + 2 + width > room) {
      lines.push([]);
      taken = farther.length - 2;
    }
    lines.at(-1)?.push(at);
    taken += taken === 0 ? width : 2 + width;
  }
  return lines;
}

/** A line farther in; of one that is too long each part, broken between words. */
function wrapped(line: string, room: number): string {
  if (farther.length + line.length <= room) return farther + line;
  const parts: string[] = [];
  for (const word of line.split(' ')) {
    const part = `${parts.at(-1) ?? ''} ${word}`.trimStart();
    if (parts.length > 0 && farther.length + part.length <= room) parts[parts.length - 1] = part;
    else parts.push(word);
  }
  return parts.map((part) => farther + part).join('\n');
}

/** 12345 as `12,345`. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}
