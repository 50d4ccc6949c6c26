import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { SiaranError, UsageError } from '../errors.js';

/** By their first bytes: https://en.wikipedia.org/wiki/List_of_file_signatures */
const otherKinds: readonly (readonly [string, string])[] = [
  ['504b0304', 'an Excel workbook or another zip file; save the list as CSV in UTF-8'],
  ['d0cf11e0', 'an old Excel workbook; save the list as CSV in UTF-8'],
  ['28b52ffd', 'packed with zstd; unpack it, or pack it with gzip'],
  ['425a68', 'packed with bzip2; unpack it, or pack it with gzip'],
  ['fd377a58', 'packed with xz; unpack it, or pack it with gzip'],
];

const gzip = '1f8b';
const longestMark = 4;

/** Ten million rows of 5 kB each. */
const mostUnpacked = 50_000_000_000;

/**
 * The content of a file, which may be packed with gzip; a buffer at a time. `name` is what messages
 * call it. @throws {UsageError} for another kind of file. @throws {SiaranError} `INPUT` when it is cut off or damaged, or unpacks to more than `mostBytes`.
 */
export async function* unpack(
  stream: AsyncIterable<Buffer>,
  name: string,
  mostBytes = mostUnpacked,
): AsyncGenerator<Buffer, void> {
  const chunks = stream[Symbol.asyncIterator]();
  try {
    const start = await readStart(chunks);
    const mark = start.toString('hex', 0, longestMark);
    const other = otherKinds.find(([begin]) => mark.startsWith(begin));
    if (other) throw new UsageError(`${name} is ${other[1]}.`);
    const whole = chain(start, chunks);
    if (mark.startsWith(gzip)) yield* upTo(mostBytes, gunzip(whole, name), name);
    else yield* whole;
  } finally {
    await chunks.return?.();
  }
}

async function readStart(chunks: AsyncIterator<Buffer>): Promise<Buffer> {
  let start: Buffer = Buffer.alloc(0);
  while (start.length < longestMark) {
    const next = await chunks.next();
    if (next.done) break;
    start = start.length === 0 ? next.value : Buffer.concat([start, next.value]);
  }
  return start;
}

async function* chain(start: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer, void> {
  yield start;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

/** A few megabytes can be made to unpack to as much as anybody likes. */
async function* upTo(mostBytes: number, unpacked: AsyncIterable<Buffer>, name: string): AsyncGenerator<Buffer, void> {
  let bytes = 0;
  for await (const part of unpacked) {
    bytes += part.length;
    if (bytes > mostBytes)
      throw new SiaranError(
        'INPUT',
        `${name} has more than ${mostBytes.toLocaleString('en-US')} bytes once it is unpacked. Cut it into several files.`,
      );
    yield part;
  }
}

async function* gunzip(packed: AsyncIterable<Buffer>, name: string): AsyncGenerator<Buffer, void> {
  const unpacked = createGunzip();
  const feeding = pipeline(Readable.from(packed, { objectMode: false }), unpacked);
  // Its error is thrown to the reader.
  feeding.catch(() => {});
  try {
    yield* unpacked;
  } catch (error) {
    throw gunzipFault(error, name);
  } finally {
    unpacked.destroy();
  }
}

function gunzipFault(error: unknown, name: string): unknown {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (code === 'Z_BUF_ERROR')
    return new SiaranError('INPUT', `${name} is cut off: its gzip data has no end. Copy it again.`, { cause: error });
  if (code.startsWith('Z_'))
    return new SiaranError(
      'INPUT',
      `${name} is damaged: its gzip data can't be unpacked, or is followed by something else. Copy it again.`,
      {
        cause: error,
      },
    );
  return error;
}
