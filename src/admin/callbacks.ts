import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context } from '../context.js';
import { readCallback } from '../domain/statuses/callback.js';
import { receiveCallback } from '../pipeline/statuses/receive-callback.js';
import { isPostgresAway } from '../store/database.js';
import { readJsonBody } from './read-body.js';
import { leaveUnread } from './unread-body.js';

/** What the secret follows in the address that is registered at the provider. */
export const callbackPath = '/callbacks/qiscus/';

type Answer = { status: number; body: object; headers?: Record<string, string> };

const notFound: Answer = { status: 404, body: { error: 'not found' } };

/**
 * Answers callbacks of the provider, and anything else with 404. Nobody signs them, so a secret in the path stands for that:
 * who doesn't know it learns nothing, and changes nothing. A refusal never says what would be right.
 */
export function callbackHandler(
  ctx: Context,
  secret: string,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const digest = digestOf(callbackPath + secret);
  return async (request, response) => {
    const isPath = timingSafeEqual(digestOf(pathOf(request)), digest);
    const answer = isPath ? await answerCallback(ctx, request) : notFound;
    if (answer) send(request, response, answer);
  };
}

/** `undefined`: the client has gone. */
async function answerCallback(ctx: Context, request: IncomingMessage): Promise<Answer | undefined> {
  if (request.method !== 'POST')
    return { status: 405, body: { error: 'only POST is answered here' }, headers: { Allow: 'POST' } };
  const read = await readJsonBody(request);
  if (read.kind === 'gone') return undefined;
  if (read.kind === 'too large') return { status: 413, body: { error: 'the body is larger than 1 MB' } };
  if (read.kind === 'not JSON') return { status: 400, body: { error: 'the body is not a JSON object' } };
  const reading = readCallback(read.body);
  if (reading.kind === 'other') return { status: 200, body: { updated: 0, ignored: 1, unknown: 0 } };
  if (reading.kind === 'unreadable') return { status: 422, body: { error: 'the body holds no statuses of messages' } };
  try {
    const counts = await receiveCallback(ctx, reading.statuses);
    counts.ignored += reading.ignored;
    ctx.logger.info(counts, 'callback');
    const none = reading.statuses.length > 0 && counts.unknown === reading.statuses.length;
    return none ? { status: 404, body: { error: 'none of these messages is known' } } : { status: 200, body: counts };
  } catch (err) {
    return answerFailure(ctx, err);
  }
}

/** The provider may try again later; nothing was changed. */
function answerFailure(ctx: Context, err: unknown): Answer {
  if (isPostgresAway(err)) {
    ctx.logger.warn({ err }, 'callback refused: Postgres is away');
    return { status: 503, body: { error: 'try again later' }, headers: { 'Retry-After': '5' } };
  }
  ctx.logger.error({ err }, 'callback refused');
  return { status: 500, body: { error: 'it could not be recorded' } };
}

function send(request: IncomingMessage, response: ServerResponse, { status, body, headers }: Answer): void {
  const text = JSON.stringify(body);
  // What was not read to its end can't be told from the next request.
  const unread = leaveUnread(request) ? { Connection: 'close' } : {};
  response.writeHead(status, {
    ...headers,
    ...unread,
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}

function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '/';
}

/** Of one length whatever the text, so that comparing them tells nothing by its time. */
function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
