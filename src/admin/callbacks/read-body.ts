import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { unzip } from 'node:zlib';
import type { Place } from './room.js';

/** Packed and unpacked: WhatsApp packs up to 3 MB of statuses into one callback. */
const mostBytes = 4_000_000;

export type ReadBody =
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

async function readBytes(request: IncomingMessage, place: Place): Promise<Buffer | ReadBody> {
  if (Number(request.headers['content-length']) > mostBytes) return { kind: 'too large' };
  const parts: Buffer[] = [];
  let size = 0;
  try {
    // Not to be destroyed when it is left early: the answer goes out through the same socket.
    for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > mostBytes) return { kind: 'too large' };
      if (!place.take(part.length)) return { kind: 'no room' };
      parts.push(part);
    }
  } catch {
    return { kind: 'gone' };
  }
  return Buffer.concat(parts);
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

function parse(bytes: Buffer): ReadBody {
  try {
    const body: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof body === 'object' && body !== null && !Array.isArray(body)
      ? { kind: 'JSON', body }
      : { kind: 'not JSON' };
  } catch {
    return { kind: 'not JSON' };
  }
}
