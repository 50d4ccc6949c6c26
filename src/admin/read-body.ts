import type { IncomingMessage } from 'node:http';

const mostBytes = 1_000_000;

export type ReadBody =
  | { kind: 'JSON'; body: object }
  | { kind: 'not JSON' }
  /** Reading was stopped; the rest may still be coming. */
  | { kind: 'too large' }
  | { kind: 'gone' };

/** Reads a JSON object of at most 1 MB; no more than that is held. */
export async function readJsonBody(request: IncomingMessage): Promise<ReadBody> {
  if (Number(request.headers['content-length']) > mostBytes) return { kind: 'too large' };
  const parts: Buffer[] = [];
  let size = 0;
  try {
    // Not to be destroyed when it is left early: the answer goes out through the same socket.
    for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > mostBytes) return { kind: 'too large' };
      parts.push(part);
    }
  } catch {
    return { kind: 'gone' };
  }
  return parse(Buffer.concat(parts));
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
