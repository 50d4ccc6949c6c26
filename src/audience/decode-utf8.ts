import { SiaranError } from '../errors.js';

const HOW_TO_SAVE = 'Save it as UTF-8 (in Excel: "CSV UTF-8").';

/** Decodes strictly: a file in another encoding would put garbage into messages, so it is refused instead. */
export async function* decodeUtf8(stream: AsyncIterable<Buffer>, name: string): AsyncGenerator<string, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let lines = 0;
  let first = true;
  const decode = (chunk: Buffer, last: boolean): string => {
    try {
      return decoder.decode(chunk, { stream: !last });
    } catch {
      const line = lines + 1 + newlinesBeforeFault(chunk);
      throw new SiaranError('INPUT', `${name} is not in UTF-8 (line ${line}). ${HOW_TO_SAVE}`);
    }
  };
  try {
    for await (const chunk of stream) {
      if (first && isUtf16(chunk)) throw new SiaranError('INPUT', `${name} is in UTF-16. ${HOW_TO_SAVE}`);
      first = false;
      yield decode(chunk, false);
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines++;
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

function newlinesBeforeFault(chunk: Buffer): number {
  // What is broken at the very start may be the rest of a character that began in the chunk before.
  const text = chunk.toString('utf8').replace(/^\ufffd+/, '');
  const fault = text.indexOf('\ufffd');
  return fault === -1 ? 0 : text.slice(0, fault).split('\n').length - 1;
}
