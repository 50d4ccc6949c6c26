import type { FastifyReply, FastifyRequest } from 'fastify';
import { readCallback } from '../../domain/statuses/callback.js';
import { readWishes } from '../../domain/statuses/opt-outs.js';
import { readUserPairs } from '../../domain/statuses/user-ids.js';
import type { CallbackGroups } from '../../pipeline/statuses/receive-together.js';
import { isPostgresAway } from '../../store/postgres/database.js';
import { readJsonBody } from './read-body.js';
import type { Place, Room } from './room.js';
import type { CallbackTally } from './tally.js';

/** What every callback of a process meets. */
type Receiver = { groups: CallbackGroups; tally: CallbackTally; room: Room; stopWords: readonly string[] };

type Answer = { status: number; body: object | string; headers?: Record<string, string> };

/** `undefined`: the client has gone. */
export async function answerCallback(receiver: Receiver, request: FastifyRequest): Promise<Answer | undefined> {
  const place = receiver.room.enter();
  try {
    return await readAndTake(receiver, request, place);
  } finally {
    place.leave();
  }
}

async function readAndTake(
  { groups, tally, stopWords }: Receiver,
  { raw, account }: FastifyRequest,
  place: Place,
): Promise<Answer | undefined> {
  const read = await readJsonBody(raw, place);
  if (read.kind === 'gone') return undefined;
  if (read.kind === 'no room') return comeAgain(1);
  if (read.kind === 'too large') return refusal(413, 'the body is larger than 4 MB');
  if (read.kind === 'packed otherwise') return refusal(415, 'the body is packed neither with gzip nor with deflate');
  if (read.kind === 'not JSON') return refusal(400, 'the body is not a JSON object');
  const reading = readCallback(read.body);
  const besides = { pairs: readUserPairs(read.body), wishes: readWishes(read.body, stopWords) };
  if (reading.kind === 'unreadable' && besides.pairs.length + besides.wishes.length === 0)
    return refusal(422, 'the body holds no statuses of messages');
  try {
    const { statuses, ignored } = reading.kind === 'statuses' ? reading : { statuses: [], ignored: 1 };
    const counts = await groups.receive(account, statuses, besides);
    counts.ignored += ignored;
    tally.taken(counts);
    return { status: 200, body: counts };
  } catch (err) {
    return answerFailure(tally, err);
  }
}

/** The provider may try again later: what was changed already is the same then. */
function answerFailure(tally: CallbackTally, err: unknown): Answer {
  const status = isPostgresAway(err) ? 503 : 500;
  tally.failed(status, err);
  if (status === 503) return comeAgain(5);
  return refusal(500, 'it could not be recorded');
}

/**
 * What a portal is answered that looks whether the address is there. The Cloud API wants to see its challenge again; nothing but
 * digits is said back.
 */
export function answerTest(query: unknown): Answer {
  const challenge = (query as Record<string, unknown>)['hub.challenge'];
  return typeof challenge === 'string' && /^\d{1,50}$/.test(challenge)
    ? { status: 200, body: challenge }
    : { status: 200, body: { ok: true } };
}

export const notFound: Answer = { status: 404, body: { error: 'not found' } };
export const wrongMethod: Answer = {
  ...refusal(405, 'callbacks are posted here'),
  headers: { Allow: 'GET, HEAD, POST' },
};

function comeAgain(seconds: number): Answer {
  return { ...refusal(503, 'try again later'), headers: { 'Retry-After': String(seconds) } };
}

function refusal(status: number, error: string): Answer {
  return { status, body: { error } };
}

export function sendAnswer(reply: FastifyReply, { status, body, headers = {} }: Answer): FastifyReply {
  const type = typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8';
  return reply
    .code(status)
    .headers(headers)
    .type(type)
    .send(typeof body === 'string' ? body : JSON.stringify(body));
}
