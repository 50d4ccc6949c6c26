import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Context } from '../context.js';
import { maskGroupedNumbersIn, maskPhoneNumber, maskPhoneNumbersIn } from '../domain/phone-number.js';
import { beginAudit, endAudit } from '../store/audit-log.js';
import type { Json } from '../store/database.js';
import { isChange } from './guard.js';

const entryOf = new WeakMap<FastifyRequest, bigint>();
const longestDetail = 2_000;

/**
 * Keeps every change in the audit log, with the name of whoever asked for it: before it is made, so that none can be made
 * that isn't kept, and its answer afterwards.
 */
export function keepAudit(app: FastifyInstance, ctx: Context): void {
  app.addHook('preHandler', async (request) => {
    if (!isChange(request) || request.routeOptions.config.public) return;
    const { method, actor, body } = request;
    const action = `${method} ${request.routeOptions.url ?? ''}`;
    const entry = { actor: actor.name, action, target: targetOf(request), detail: detailOf(body) };
    entryOf.set(request, await beginAudit(ctx.db, entry));
  });
  app.addHook('onResponse', async (request, reply) => {
    const entry = entryOf.get(request);
    if (entry === undefined) return;
    await endAudit(ctx.db, entry, reply.statusCode).catch((err) =>
      ctx.logger.warn({ err, entryId: String(entry) }, 'the answer to a change is not in the audit log'),
    );
  });
}

function targetOf(request: FastifyRequest): string {
  const params = request.params as Record<string, string>;
  return maskPhoneNumbersIn(Object.values(params).join(' ')).slice(0, 200);
}

/** What was sent with it, without phone numbers; a stream of recipients isn't kept here. */
function detailOf(body: unknown): Json {
  if (typeof body !== 'object' || body === null || Symbol.asyncIterator in body) return {};
  const text = JSON.stringify(masked(body, false));
  if (text.length > longestDetail) return { shortened: text.slice(0, longestDetail) };
  return JSON.parse(text) as Json;
}

/** @param isNumber whether it stands in a field of phone numbers, where a number is one too: elsewhere it is some id. */
function masked(value: unknown, isNumber: boolean): unknown {
  if (isNumber && (typeof value === 'string' || typeof value === 'number'))
    return String(value).replace(/[^\n,;]+/g, maskPhoneNumber);
  // People group the digits of a number. An instant has as many.
  if (typeof value === 'string')
    return /^\d{4}-\d\d-\d\d(T[\d:.]+|$)/.test(value) ? maskPhoneNumbersIn(value) : maskGroupedNumbersIn(value);
  if (Array.isArray(value)) return value.map((item) => masked(item, isNumber));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, masked(inner, /phoneNumber/.test(key))]));
}
