import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { unzip } from 'node:zlib';
import type { Place } from './room.js';

/** Packed and unpacked: WhatsApp packs up to 3 MB of statuses into one callback. */
const mostBytes = 4_000_000;

type ReadBody =
  | { kind: 'JSON'; body: object }
  | { kind: 'not JSON' }
  /** Too much is held of others. */
  | { kind: 'no room' }
  /** Packed in a way that isn't read. */
  | { kind: 'packed otherwise' }
  /** Reading was stopped; the rest may still be coming. */
  | { kind: 'too large' }
  | { kind: 'gone' };

/** Reads a JSON object of at most 4 MB, which may be packed with gzip or deflate; no more than that is held, nor unpacked. */
export async function readJsonBody(request: IncomingMessage, place: Place): Promise<ReadBody> {
  const coding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (!['identity', 'gzip', 'x-gzip', 'deflate'].includes(coding)) return { kind: 'packed otherwise' };
  const read = await readBytes(request, place);
  if (!Buffer.isBuffer(read)) return read;
  const bytes = coding === 'identity' ? read : await unpack(read, place);
  return Buffer.isBuffer(bytes) ? parse(bytes) : bytes;
}

function readBytes(request: IncomingMessage, place: Place): Promise<Buffer | ReadBody> {
  return new Promise((resolve) => {
    if (Number(request.headers['content-length']) > mostBytes) return resolve({ kind: 'too large' });
    const parts: Buffer[] = [];
    let size = 0;
    const settle = (read: Buffer | ReadBody) => {
      request.off('data', take).off('end', end).off('error', gone).off('close', gone);
      resolve(read);
    };
    // Not to be destroyed when it is left early: the answer goes out through the same socket.
    const leave = (read: ReadBody) => {
      request.pause();
      settle(read);
    };
    const take = (part: Buffer) => {
      size += part.length;
      if (size > mostBytes) return leave({ kind: 'too large' });
      if (!place.take(part.length)) return leave({ kind: 'no room' });
      parts.push(part);
    };
    const end = () => settle(Buffer.concat(parts));
    const gone = () => settle({ kind: 'gone' });
    request.on('data', take).on('end', end).on('error', gone).on('close', gone);
  });
}

/** A few kilobytes may unpack to gigabytes: it ends where the bound is. */
async function unpack(packed: Buffer, place: Place): Promise<Buffer | ReadBody> {
  try {
    const bytes = await promisify(unzip)(packed, { maxOutputLength: mostBytes });
    return place.take(bytes.length) ? bytes : { kind: 'no room' };
  } catch (error) {
    return { kind: (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too large' : 'not JSON' };
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function parse(bytes: Buffer): ReadBody {
  try {
    const body: unknown = JSON.parse(utf8.decode(bytes));
    return typeof body === 'object' && body !== null && !Array.isArray(body)
      ? { kind: 'JSON', body }
      : { kind: 'not JSON' };
  } catch {
    return { kind: 'not JSON' };
  }
}
