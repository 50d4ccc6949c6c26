import { type Duplex, pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/** The provider's bodies are small; whatever is longer, packed or not, isn't an answer that we could read anyway. */
const longestBody = 1_000_000;

/** More than one of them around the same body is a way to hide a long one. */
const mostCodings = 2;

/** We ask for none of them, but a proxy may pack an answer all the same. */
const decoders: ReadonlyMap<string, () => Duplex> = new Map([
  ['gzip', () => createGunzip()],
  ['x-gzip', () => createGunzip()],
  ['deflate', () => createInflate()],
  ['br', () => createBrotliDecompress()],
]);

/**
 * The text of an answer's body, unpacked. It stops in the middle of a body that is too long: what a small packed one would
 * unpack to is never held. One that is packed in a way that we don't know is a text that says so: its status counts still.
 * @param coding the header Content-Encoding. @throws {Error} when it is too long, cut off or damaged
 */
export async function readBody(body: Readable, coding: string | string[] | undefined): Promise<string> {
  const names = codingsIn(coding);
  const decode = names.map((name) => decoders.get(name)).filter((decoder) => decoder !== undefined);
  if (decode.length < names.length || names.length > mostCodings) {
    body.on('error', () => {}).destroy();
    return `(its body is packed as ${names.join(', ').slice(0, 40)}, which can't be read)`;
  }
  const unpacked = decode.reduce<Readable>((stream, open) => {
    const decoder = open();
    // An error of either ends the other, and is thrown to the reader of the last one.
    pipeline(bounded(stream), decoder, () => {});
    return decoder;
  }, body);
  const parts: Buffer[] = [];
  for await (const part of bounded(unpacked)) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

/** In the order in which they are taken off: the one that was applied last stands last. */
function codingsIn(coding: string | string[] | undefined): string[] {
  return String(coding ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity')
    .reverse();
}

async function* bounded(stream: Readable): AsyncGenerator<Buffer, void> {
  let length = 0;
  for await (const part of stream as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > longestBody) throw new Error(`the answer is longer than ${longestBody} bytes`);
    yield part;
  }
}
