import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Context } from '../context.js';
import { isIdField, maskedDetail } from '../domain/audit/masked-detail.js';
import { maskNumbersBesideDatesIn, maskPhoneNumber } from '../domain/numbers/mask-number.js';
import { digestsOf } from '../pipeline/audited.js';
import { refuseOtherDatabase } from '../pipeline/own-prefix.js';
import { beginAudit, endAudit } from '../store/audit-log.js';
import { isChange } from './access/guard.js';
import { auditActor, seesNumbers } from './access/roles.js';

const entryOf = new WeakMap<FastifyRequest, bigint>();
const longestDetail = 2_000;
const longestId = 40;

/**
 * Keeps every change in the audit log, every look-up of a number and every list of them or of messages, with the name of the person who asked for it: before it is made, so that none can be made
 * that isn't kept, and its answer afterwards.
 */
export function keepAudit(app: FastifyInstance, ctx: Context): void {
  app.addHook('preHandler', async (request) => {
    const { public: isPublic, lookUp, shows, tellsNothing } = request.routeOptions.config;
    const { method, actor, body } = request;
    const shown = shows !== undefined && !isPublic && seesNumbers(actor) ? shows : undefined;
    if (isPublic || !(isChange(request) || lookUp || shown)) return;
    if (isChange(request)) await refuseOtherDatabase(ctx);
    const action = lookUp ? 'look up' : (shown ?? `${method} ${request.routeOptions.url ?? ''}`);
    // What a list goes on with is a number.
    const detail = tellsNothing || shown ? {} : detailOf(body);
    const numbers = await digestsOf(ctx.db, ctx.config.defaultCountry, numbersIn(body));
    const entry = { ...auditActor(actor), action, target: targetOf(request), detail, numbers };
    entryOf.set(request, await beginAudit(ctx.db, entry));
  });
  // Before the answer is sent: the outcome is kept even if the client has gone.
  app.addHook('onSend', async (request, reply) => {
    const entry = entryOf.get(request);
    if (entry === undefined) return;
    entryOf.delete(request);
    await endAudit(ctx.db, entry, reply.statusCode).catch((err) =>
      ctx.logger.warn({ err, entryId: String(entry) }, 'the answer to a change is not in the audit log'),
    );
  });
}

function targetOf(request: FastifyRequest): string {
  return Object.values(request.params as Record<string, string>)
    .join(' ')
    .slice(0, 200);
}

/** The phone numbers that stand in the fields for them: one, several with commas or lines between them, or an array. */
function numbersIn(body: unknown): string[] {
  if (typeof body !== 'object' || body === null || Symbol.asyncIterator in body) return [];
  return Object.entries(body)
    .filter(([name]) => isNumberField(name))
    .flatMap(([, value]) => (Array.isArray(value) ? value : [value]))
    .flatMap((value) => (typeof value === 'string' || typeof value === 'number' ? String(value).split(/[\n,;]+/) : []));
}

const isNumberField = (name: string) => /^phoneNumber/.test(name);

/** What was sent with it, as far as it is kept; a stream of recipients isn't. */
function detailOf(body: unknown): object {
  if (typeof body !== 'object' || body === null || Symbol.asyncIterator in body) return {};
  const text = JSON.stringify(maskedDetail(keptFields(body)));
  if (text.length > longestDetail) return { shortened: text.slice(0, longestDetail) };
  return JSON.parse(text) as object;
}

function keptFields(body: object): object {
  const fields = Object.entries(body).map(([name, value]: [string, unknown]) => [
    name,
    holdsFields(name, value) ? keptFields(value) : kept.has(name) ? masked(value, name) : notKept,
  ]);
  return Object.fromEntries(fields) as object;
}

/** Of these fields those within are kept or not, each by its own name. */
function holdsFields(name: string, value: unknown): value is object {
  return name === 'filter' && typeof value === 'object' && value !== null && !Array.isArray(value);
}

const notKept = '(not kept)';

/**
 * The fields that tell what was decided. What a message says to its recipient is not among them, which may be a code or a link
 * that lets in; nor an audience, which is a query that may have a secret in it.
 */
const kept = new Set(
  `account action again all approvalAbove approveOnce asOf attempt batchId campaign catchUp channelId codes columns correct dailyLimit
  decision delivery despiteEvidence dryRun expectedRecipients expectedRuns failed first flushAfter force found handOver ifHolds ifState
  ignoreColumns job key kind label language lateOk maxRejected messageId name namespace notSent often pace people phoneNumber
  phoneNumbers prepareAhead reason redo role
  schedule seen sent separator since source startAt state template templateDetailId templateName timeZone tooLateAfter
  unansweredAfter until values version wait window windowDays`.split(/\s+/),
);

/** As it is kept: a number in a field for numbers, and whatever may be one in people's words, not all of it; an id as it is. */
function masked(value: unknown, field: string): unknown {
  if (isNumberField(field) && (typeof value === 'string' || typeof value === 'number'))
    return String(value).replace(/[^\n,;]+/g, maskPhoneNumber);
  if (typeof value === 'string') return isIdField(field) ? value.slice(0, longestId) : maskNumbersBesideDatesIn(value);
  if (Array.isArray(value)) return value.map((item) => masked(item, field));
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'object' || value === null) return value;
  return notKept;
}
