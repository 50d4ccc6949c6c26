import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../config/admin-token.js';
import { maskNumbersBesideDatesIn } from '../domain/numbers/mask-number.js';
import { ChangedMeanwhileError, SiaranError } from '../errors.js';
import type { Asked, EarlyAnswers } from '../monitoring/answer-early.js';
import { isRedisAway } from '../queue/redis/redis-faults.js';
import { isPostgresAway } from '../store/postgres/database.js';
import type { Desk } from './html/desk.js';
import { pageHeaders } from './page-headers.js';
import { errorPage } from './pages/error-page.js';

/**
 * Problem details (RFC 9457). `code` is that of the library's errors; `title` says what happened in general; `current` is how what was
 * to be changed stands, if it isn't any more what the caller saw.
 */
export type Problem = {
  status: number;
  title: string;
  code: string;
  detail: string;
  retryAfterSeconds?: number;
  current?: unknown;
};

const problemType = 'application/problem+json; charset=utf-8';

const statusOf: Readonly<Record<string, number>> = {
  USAGE: 400,
  INPUT: 400,
  UNAUTHENTICATED: 401,
  NOT_FOUND: 404,
  KEY_CONFLICT: 409,
  CAMPAIGN_EXISTS: 409,
  CAMPAIGN_CHANGED: 409,
  CHANGED_MEANWHILE: 409,
  TOO_LATE_TO_REDO: 409,
  STILL_GOES_OUT: 409,
  CALENDAR_UNKNOWN: 409,
  RUN_PREPARING: 409,
  TOO_MANY_REJECTED: 409,
  RUN_PAUSED: 409,
  RUN_CANCELLED: 409,
  RUN_COMPLETE: 409,
  RUN_PURGED: 409,
  RUN_TOO_LARGE: 409,
  RUN_LOST_RECIPIENTS: 409,
  INTAKE_LOST: 409,
  SOURCE_CLOSED: 409,
  RESENDING: 409,
  RUN_UNAPPROVED: 409,
  NOTHING_TO_APPROVE: 409,
  OWN_RUN: 403,
  BEING_SENT: 409,
  NOT_UNKNOWN: 409,
  NOT_SETTLED: 409,
  EVIDENCE: 409,
  JOB_TAKEN: 409,
  LEDGER_WENT_BACK: 409,
  OTHER_DATABASE: 409,
  AUDIENCE: 422,
  UNAVAILABLE: 503,
  REFUSED: 503,
  REDIS_FULL: 503,
};

/** What happened, in general. */
export const titles: Readonly<Record<number, string>> = {
  400: 'The request is wrong',
  401: 'Who are you?',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Not done here',
  408: 'It took too long',
  409: 'Not as things stand',
  413: 'Too large',
  414: 'The address is too long',
  415: 'Of another kind than this takes',
  422: 'What it asks for can not be done',
  429: 'Too often',
  431: 'The address or the headers are too long',
  503: 'Not at the moment',
};

/** What the client is told of an error. An unexpected one tells nothing of our insides. */
export function problemOf(error: unknown): Problem {
  if (error instanceof SiaranError) {
    const status = statusOf[error.code] ?? 500;
    // What it tells are ids alone, of which one may be as long as a number.
    const message = error.code === 'JOB_TAKEN' ? error.message : maskNumbersBesideDatesIn(error.message);
    const told = problem(status, error.code, message);
    return error instanceof ChangedMeanwhileError ? { ...told, current: error.current } : told;
  }
  if (isPostgresAway(error) || isRedisAway(error)) {
    const service = isPostgresAway(error) ? 'Postgres' : 'Redis';
    return { ...problem(503, 'UNAVAILABLE', `${service} can't be reached; try again.`), retryAfterSeconds: 5 };
  }
  const { statusCode, code, message } = error as { statusCode?: number; code?: string; message?: string };
  // What fastify and its plugins refuse: a body that is too large, JSON that is none, a field that is wrong.
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return problem(statusCode, code ?? 'REQUEST', maskNumbersBesideDatesIn(message ?? ''));
  return problem(500, 'INTERNAL', 'Something went wrong here; the log of this program says what.');
}

export function problem(status: number, code: string, detail: string): Problem {
  return { status, title: titles[status] ?? 'It failed', code, detail };
}

export function sendProblem(reply: FastifyReply, { retryAfterSeconds, ...told }: Problem): FastifyReply {
  if (retryAfterSeconds !== undefined) void reply.header('Retry-After', retryAfterSeconds);
  const { request } = reply;
  const { type, body } = written(told, request, { actor: request.actor, back: backOf(request), desk: request.desk });
  return reply.code(told.status).header('Cache-Control', 'no-store').type(type).send(body);
}

/** Refusals of what was asked before anybody knew who asks, and for which route. */
export const earlyProblems: EarlyAnswers = {
  headers: pageHeaders,
  wordsOf({ status, code, detail }, asked) {
    return { status, ...written(problem(status, code, detail), asked, { actor: undefined, back: '/runs' }) };
  },
};

function written(
  told: Omit<Problem, 'retryAfterSeconds'>,
  asked: Asked,
  reader: { actor: Actor | undefined; back: string; desk?: Desk | undefined },
): { type: string; body: string } {
  if (wantsPage(asked)) return { type: 'text/html; charset=utf-8', body: errorPage(told, reader) };
  return { type: problemType, body: JSON.stringify({ type: 'about:blank', ...told }) };
}

/** Whether a browser asks for a page. The API answers programs with JSON, whatever else they accept. */
export function wantsPage({ headers, url }: Asked): boolean {
  return headers.accept?.includes('text/html') === true && !url.startsWith('/api/');
}

/** A change is asked for below the page of what it changes, a look at something where the page itself is. */
function backOf({ method, routeOptions, url }: FastifyRequest): string {
  if (method === 'GET' || routeOptions.url === undefined) return '/runs';
  const path = url.split('?')[0] ?? '';
  const above = path.slice(0, path.lastIndexOf('/'));
  if (above !== '') return above;
  return routeOptions.config.looks || routeOptions.config.lookUp ? path : '/runs';
}
