import { UnreadableRow } from '../domain/recipients/recipient.js';

const MAX_LINE_LENGTH = 2_000_000;

/**
 * Lines without their ends, which are LF, CRLF or CR. Of a line that is too long nothing is kept but its beginning, to tell it
 * from another one. The last one is given, empty or not, as what stands behind the last line end.
 */
export async function* splitLines(text: AsyncIterable<string>): AsyncGenerator<string | UnreadableRow, void> {
  let line = '';
  let tooLong: UnreadableRow | undefined;
  let endedWithCr = false;
  for await (const chunk of text) {
    // The LF of a CRLF that was cut in two.
    let from = endedWithCr && chunk.startsWith('\n') ? 1 : 0;
    if (chunk !== '') endedWithCr = chunk.endsWith('\r');
    const hasCr = chunk.includes('\r');
    for (let to = lineEnd(chunk, from, hasCr); to !== -1; to = lineEnd(chunk, from, hasCr)) {
      yield tooLong ?? line + chunk.slice(from, to);
      line = '';
      tooLong = undefined;
      from = to + (chunk[to] === '\r' && chunk[to + 1] === '\n' ? 2 : 1);
    }
    if (tooLong) continue;
    line += chunk.slice(from);
    if (line.length > MAX_LINE_LENGTH) {
      tooLong = new UnreadableRow('the line is above 2 MB', line.slice(0, 10_000));
      line = '';
    }
  }
  yield tooLong ?? line;
}

const anyEnd = /[\r\n]/g;

function lineEnd(text: string, from: number, hasCr: boolean): number {
  if (!hasCr) return text.indexOf('\n', from);
  anyEnd.lastIndex = from;
  return anyEnd.exec(text)?.index ?? -1;
}
