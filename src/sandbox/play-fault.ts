import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Answer } from './answer-request.js';
import type { FaultRequest } from './faults.js';

export type Exchange = { readonly request: IncomingMessage; readonly response: ServerResponse };

const DEFAULT_HUGE_BYTES = 5 * 1024 * 1024;
const HTML =
  '<html><head><title>502 Bad Gateway</title></head><body><center><h1>Bad Gateway</h1></center></body></html>\n';

/** Whether the request is checked and recorded before its fault strikes. */
export function acceptsFirst(fault: FaultRequest): boolean {
  switch (fault.kind) {
    case 'latency':
    case 'close-after-accepting':
    case 'hang-after-accepting':
    case 'unreadable-accepted':
    case 'low-balance':
      return true;
    case 'http':
    case 'huge-body':
      return fault.accepted === true;
    default:
      return false;
  }
}

/** `answer` is what an accepted request would have got; undefined when nothing was accepted. Gives what was done, in a word or a status. */
export async function playFault(
  exchange: Exchange,
  fault: Exclude<FaultRequest, { kind: 'latency' | 'failed-log' }>,
  answer: Answer | undefined,
): Promise<number | 'closed' | 'hangs'> {
  switch (fault.kind) {
    case 'close-before-reading':
    case 'close-after-reading':
    case 'close-after-accepting':
      exchange.request.socket.destroy();
      return 'closed';
    case 'hang-before-accepting':
    case 'hang-after-accepting':
      return 'hangs';
    case 'http':
      return playHttp(exchange, fault);
    case 'unreadable-accepted':
    case 'unreadable-refused':
      return sendText(exchange, 200, 'text/html', fault.message ?? HTML);
    case 'error-in-200':
      return sendJson(
        exchange,
        200,
        errorBody(fault.shape ?? 'error', fault.message ?? 'broadcast could not be created'),
      );
    case 'insufficient-balance':
      return sendJson(exchange, 402, errorBody('error', fault.message ?? 'insufficient balance'));
    case 'low-balance':
      return sendJson(exchange, 200, { ...answer?.body, current_balance: { credits: '0', free_session: 0, quota: 0 } });
    case 'huge-body':
      return playHugeBody(exchange, fault.bytes ?? DEFAULT_HUGE_BYTES, answer);
  }
}

export function sendJson({ response }: Exchange, status: number, body: unknown): number {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
  return status;
}

function sendText({ response }: Exchange, status: number, type: string, text: string): number {
  response.writeHead(status, { 'content-type': `${type}; charset=utf-8`, 'content-length': Buffer.byteLength(text) });
  response.end(text);
  return status;
}

function playHttp(exchange: Exchange, fault: Extract<FaultRequest, { kind: 'http' }>): number {
  const { response, request } = exchange;
  if (fault.retryAfterSeconds !== undefined) response.setHeader('retry-after', String(fault.retryAfterSeconds));
  if (fault.status < 400) response.setHeader('location', fault.location ?? request.url ?? '/');
  const shape = fault.shape ?? 'error';
  if (shape === 'html') return sendText(exchange, fault.status, 'text/html', HTML);
  if (shape === 'empty') {
    response.writeHead(fault.status, { 'content-length': 0 }).end();
    return fault.status;
  }
  return sendJson(exchange, fault.status, errorBody(shape, fault.message ?? `fault ${fault.status}`));
}

function errorBody(shape: 'error' | 'errors', message: string): object {
  return shape === 'error' ? { error: message } : { errors: { message } };
}

/** Valid JSON of exactly `bytes` bytes where the padding leaves room for it, so that a reader meets its own limit and no other fault. */
async function playHugeBody({ response }: Exchange, bytes: number, answer: Answer | undefined): Promise<number> {
  const opening = '{"padding":"';
  const closing = answer === undefined ? '"}' : `",${JSON.stringify(answer.body).slice(1)}`;
  const padding = Math.max(0, bytes - opening.length - Buffer.byteLength(closing));
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': opening.length + padding + Buffer.byteLength(closing),
  });
  // A pipeline waits for the reader, so a slow one costs no memory; a reader that leaves is no error here.
  await pipeline(Readable.from(paddedBody(opening, padding, closing)), response).catch(() => undefined);
  return 200;
}

function* paddedBody(opening: string, padding: number, closing: string): Generator<string> {
  const piece = 'x'.repeat(64 * 1024);
  yield opening;
  for (let left = padding; left > 0; left -= piece.length) yield left >= piece.length ? piece : piece.slice(0, left);
  yield closing;
}
