import { isUtf8 } from 'node:buffer';
import { SiaranError } from '../errors.js';

const LF = 10;
const CR = 13;
const HOW_TO_SAVE = 'Save it as UTF-8 (in Excel: "CSV UTF-8").';

/** Decodes strictly: a file in another encoding would put garbage into messages, so it is refused instead. */
export async function* decodeUtf8(stream: AsyncIterable<Buffer>, name: string): AsyncGenerator<string, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let lines = 0;
  let endedWithCr = false;
  let first = true;
  const decode = (chunk: Buffer, last: boolean): string => {
    try {
      return decoder.decode(chunk, { stream: !last });
    } catch {
      const line = lines + 1 + linesBeforeFault(chunk);
      throw new SiaranError('INPUT', `${name} is not in UTF-8 (line ${line}). ${HOW_TO_SAVE}`);
    }
  };
  try {
    for await (const chunk of stream) {
      if (first && isUtf16(chunk)) throw new SiaranError('INPUT', `${name} is in UTF-16. ${HOW_TO_SAVE}`);
      first = false;
      yield decode(chunk, false);
      lines += lineEnds(chunk) - (endedWithCr && chunk[0] === LF ? 1 : 0);
      endedWithCr = chunk[chunk.length - 1] === CR;
    }
    yield decode(Buffer.alloc(0), true);
  } catch (error) {
    if (error instanceof SiaranError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new SiaranError('INPUT', `${name} can't be read: ${message}`, { cause: error });
  }
}

function isUtf16(chunk: Buffer): boolean {
  return (chunk[0] === 0xff && chunk[1] === 0xfe) || (chunk[0] === 0xfe && chunk[1] === 0xff);
}

/** As an editor counts them: LF, CRLF and CR. */
function lineEnds(chunk: Buffer): number {
  let count = 0;
  for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, at + 1)) count++;
  for (let at = chunk.indexOf(CR); at !== -1; at = chunk.indexOf(CR, at + 1)) if (chunk[at + 1] !== LF) count++;
  return count;
}

function linesBeforeFault(chunk: Buffer): number {
  // What is broken at the very start may be the rest of a character that began in the chunk before.
  let from = 0;
  while (from < 3 && ((chunk[from] ?? 0) & 0xc0) === 0x80) from++;
  const lines = chunk
    .subarray(from)
    .toString('latin1')
    .split(/\r\n|\r|\n/);
  const fault = lines.findIndex((line) => !isUtf8(Buffer.from(line, 'latin1')));
  // The last one may end within a character that is whole with the next chunk.
  return fault === lines.length - 1 && from > 0 ? 0 : Math.max(fault, 0);
}
