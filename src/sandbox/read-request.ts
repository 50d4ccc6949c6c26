import type { IncomingMessage } from 'node:http';
import type { Endpoint } from './accepted.js';
import type { Assumptions } from './assumptions.js';

/** A thousand rows of fifteen variables of a thousand characters are half of this. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

type ReadBody =
  | { readonly kind: 'body'; readonly bytes: Buffer }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'gone' };

/** Reads to the end even when it is too much, since a client that is still writing would not see the answer. */
export async function readBody(request: IncomingMessage): Promise<ReadBody> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request) {
      size += chunk.length;
      if (size <= MAX_BODY_BYTES) chunks.push(chunk);
      else chunks.length = 0;
    }
  } catch {
    return { kind: 'gone' };
  }
  return size > MAX_BODY_BYTES ? { kind: 'too-large' } : { kind: 'body', bytes: Buffer.concat(chunks) };
}

export type ParsedBody =
  | { readonly ok: true; readonly fields: Readonly<Record<string, unknown>>; readonly file: Uint8Array | undefined }
  | { readonly ok: false; readonly reason: string };

export async function parseBody(
  endpoint: Endpoint,
  contentType: string,
  bytes: Buffer,
  assumptions: Assumptions,
): Promise<ParsedBody> {
  const mediaType = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const isMultipart = mediaType === 'multipart/form-data';
  if (endpoint === 'upload' && !isMultipart) return refuse('Content-Type must be multipart/form-data');
  if (endpoint === 'client' && isMultipart) return refuse('Content-Type must be application/json');
  if (endpoint === 'send' && isMultipart && !assumptions.acceptMultipartSend) {
    return refuse('Content-Type must be application/json');
  }
  if (endpoint === 'send' && !isMultipart && !assumptions.acceptJsonSend) {
    return refuse('Content-Type must be multipart/form-data');
  }
  if (isMultipart) return parseMultipart(contentType, bytes);
  if (assumptions.requireJsonContentType && mediaType !== 'application/json') {
    return refuse('Content-Type must be application/json');
  }
  return parseJson(bytes);
}

async function parseMultipart(contentType: string, bytes: Buffer): Promise<ParsedBody> {
  const fields: Record<string, unknown> = {};
  let file: Uint8Array | undefined;
  try {
    const form = await new Response(bytes, { headers: { 'content-type': contentType } }).formData();
    for (const [name, value] of form) {
      if (typeof value === 'string') fields[name] = name.endsWith('_id') ? integerOf(value) : value;
      else if (name === 'file') file = new Uint8Array(await value.arrayBuffer());
    }
  } catch {
    return refuse('body is not valid multipart/form-data');
  }
  return { ok: true, fields, file };
}

/** Form text carries no types; what isn't a plain integer stays text, and is then refused as such. */
function integerOf(text: string): number | string {
  return /^\d{1,15}$/.test(text) ? Number(text) : text;
}

function parseJson(bytes: Buffer): ParsedBody {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse('body is not a JSON object');
    return { ok: true, fields: { ...value }, file: undefined };
  } catch {
    return refuse('body is not valid JSON');
  }
}

function refuse(reason: string): ParsedBody {
  return { ok: false, reason };
}
