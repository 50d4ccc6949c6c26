import { titles } from '../problem.js';
import type { Document, Operation, Response, Schema } from './document.js';

const problemSchema: Schema = {
  type: 'object',
  description: 'Problem details (RFC 9457).',
  properties: {
    type: { type: 'string', description: 'always `about:blank`: `code` tells problems apart' },
    status: { type: 'integer' },
    title: { type: 'string', description: 'what happened, in general' },
    code: { type: 'string', description: "the code of the library's error, such as `NOT_FOUND`: stable, to branch on" },
    detail: { type: 'string', description: 'what happened, and what would be right' },
    current: { description: 'how what was to be changed stands now, if it is no longer what the caller saw' },
  },
  required: ['type', 'status', 'title', 'code', 'detail'],
};

const details: Readonly<Record<number, [code: string, detail: string]>> = {
  400: ['USAGE', 'limit: Too big: expected number to be <=200'],
  401: ['UNAUTHENTICATED', 'Send a token: Authorization: Bearer TOKEN.'],
  403: ['ROLE', 'desk is a viewer and can change nothing.'],
  404: ['NOT_FOUND', 'There is no run "r7k2m0q9x".'],
  408: ['TOO_SLOW', 'The request took too long to come.'],
  409: ['CHANGED_MEANWHILE', 'Run r7k2m0q9x has changed since you looked, and nothing was done. Look at it again.'],
  413: ['FST_ERR_CTP_BODY_TOO_LARGE', 'Request body is too large'],
  414: ['FST_ERR_MAX_PARAM_LENGTH', 'A part of the address has more than 2000 characters.'],
  415: ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'Unsupported Media Type: application/xml'],
  422: ['AUDIENCE', 'There is no audience named "customers".'],
  429: ['TOO_MANY_STREAMS', 'ada watches 10 runs already. Close one of the pages, or end a program that watches.'],
  431: ['TOO_LONG_HEAD', 'The address and the headers have more than 16384 bytes.'],
  500: ['INTERNAL', 'Something went wrong here; the log of this program says what.'],
  503: ['UNAVAILABLE', "Postgres can't be reached; try again."],
};

const retryAfter = { description: 'in how many seconds it may be tried again', schema: { type: 'integer' } };
const headers: Readonly<Record<number, Record<string, unknown>>> = {
  401: { 'WWW-Authenticate': { description: 'says that a token is asked for', schema: { type: 'string' } } },
  429: { 'Retry-After': retryAfter },
  503: { 'Retry-After': retryAfter },
};

function responseOf(status: number): Response {
  const title = titles[status] ?? 'It failed';
  const [code = '', detail = ''] = details[status] ?? [];
  const example = { type: 'about:blank', status, title, code, detail };
  return {
    description: title,
    ...(headers[status] && { headers: headers[status] }),
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' }, example } },
  };
}

/** Which problems an operation may answer with. What may be done in the wrong state, or takes a body, has more of them. */
function statusesOf(method: string, path: string): number[] {
  const isRead = method === 'get';
  const isOfOne = path.includes('{');
  return [
    ...[400, 401, 403, 408],
    ...(isOfOne || !isRead ? [404, 409] : []),
    ...(isRead ? [] : [413]),
    ...(isOfOne ? [414] : []),
    ...(isRead ? [] : [415]),
    ...(isOfOne || !isRead ? [422] : []),
    ...[429, 431, 500, 503],
  ];
}

/** Adds to an operation the problems that it may answer with. */
export function addProblems(operation: Operation, method: string, path: string): void {
  for (const status of statusesOf(method, path))
    operation.responses[status] ??= { $ref: `#/components/responses/Problem${status}` };
}

/** Adds what these refer to. */
export function addProblemComponents({ components }: Document): void {
  components.schemas.Problem = problemSchema;
  components.responses = Object.fromEntries(
    Object.keys(details).map((status) => [`Problem${status}`, responseOf(Number(status))]),
  );
}
