import { UnreadableRow } from '../domain/recipients/recipient.js';
import { longestLine, longestLineSaid } from './bounds.js';

/**
 * Lines without their ends, which are LF, CRLF or CR. Of a line that is too long nothing is kept but its beginning, to tell it
 * from another one. The last one is given, empty or not, as what stands behind the last line end.
 */
export async function* splitLines(text: AsyncIterable<string>): AsyncGenerator<string | UnreadableRow, void> {
  let line = '';
  let tooLong: UnreadableRow | undefined;
  let endedWithCr = false;
  let number = 1;
  for await (const chunk of text) {
    // The LF of a CRLF that was cut in two.
    let from = endedWithCr && chunk.startsWith('\n') ? 1 : 0;
    if (chunk !== '') endedWithCr = chunk.endsWith('\r');
    const hasCr = chunk.includes('\r');
    for (let to = lineEnd(chunk, from, hasCr); to !== -1; to = lineEnd(chunk, from, hasCr)) {
      line += chunk.slice(from, to);
      yield tooLong ?? (line.length > longestLine ? tooLongLine(number, line) : line);
      number += 1;
      line = '';
      tooLong = undefined;
      from = to + (chunk[to] === '\r' && chunk[to + 1] === '\n' ? 2 : 1);
    }
    if (tooLong) continue;
    line += chunk.slice(from);
    if (line.length > longestLine) {
      tooLong = tooLongLine(number, line);
      line = '';
    }
  }
  yield tooLong ?? line;
}

function tooLongLine(number: number, line: string): UnreadableRow {
  return new UnreadableRow(`line ${number} is longer than ${longestLineSaid}`, line.slice(0, 10_000));
}

const anyEnd = /[\r\n]/g;

function lineEnd(text: string, from: number, hasCr: boolean): number {
  if (!hasCr) return text.indexOf('\n', from);
  anyEnd.lastIndex = from;
  return anyEnd.exec(text)?.index ?? -1;
}
