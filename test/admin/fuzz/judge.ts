import type { Document } from '../../../src/admin/document/document.js';
import { openValidator, responseOf } from '../document/lacks.js';
import type { FuzzRequest } from './make-request.js';

/** What came back. `body` is `undefined` of a stream that goes on. */
export type FuzzAnswer = { status: number; type: string; body: string | undefined };

/** Tells what is wrong with an answer, by the document; `undefined`: nothing. */
export function openJudge(document: Document): (request: FuzzRequest, answer: FuzzAnswer) => string | undefined {
  const { fault } = openValidator(document);
  const problem = { $ref: '#/components/schemas/Problem' };
  return ({ operation }, { status, type, body }) => {
    if (status >= 500) return 'it failed';
    const described = operation.responses[status];
    if (!described) return 'the document does not name this status';
    if (status === 204) return body === '' ? undefined : 'there is a body';
    const [kind = ''] = type.split(';');
    const content = responseOf(document, described).content?.[kind];
    if (!content) return `the document does not name ${type}`;
    if (body === undefined || !/json$/.test(kind)) return undefined;
    const told = JSON.parse(body) as { status?: unknown };
    if (status >= 400) return told.status === status ? fault(problem, told) : 'the problem tells another status';
    return fault(content.schema ?? {}, told);
  };
}
