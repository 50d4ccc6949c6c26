import * as z from 'zod';
import { auditActions } from '../../domain/audit/audit-actions.js';
import { maskNumbersBesideDatesIn } from '../../domain/numbers/mask-number.js';
import type { AuditView } from '../../pipeline/views/view-audit.js';
import { instant } from './basic.js';

export const auditView = z.object({
  id: z.string(),
  at: instant,
  actor: z.string(),
  actorKind: z.enum(['user', 'token']).nullable().describe('null: the command line, the library or a worker'),
  action: z.string().describe('what was done: a name, or the request that asked for it'),
  target: z.string().describe('the id of a run or batch, or the name of a campaign'),
  detail: z.unknown(),
  status: z.number().nullable().describe('as of an HTTP answer; null: its end was not recorded'),
  text: z.string().describe('the same as a sentence'),
}) satisfies z.ZodType<AuditView>;

/** The address of a page may have fields of a form that were left empty. The API refuses them before. */
export const optional = <T extends z.ZodType>(field: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), field.optional());

/**
 * An instant that a filter asks for, of a year that Postgres and people have. Only a text is one: `null`, `false` and `0` would become
 * the first day of 1970, and everything would fit.
 */
export const date = z
  .union([z.iso.datetime({ offset: true }), z.iso.datetime({ offset: true, precision: -1 }), z.iso.date()], {
    error: ({ input }) => noDate(input),
  })
  .pipe(z.coerce.date<string>().min(new Date('1970-01-01T00:00:00Z')).max(new Date('9999-12-31T23:59:59.999Z')));

function noDate(given: unknown): string {
  // Masked before it is shortened, so that no cut leaves half a number in the clear; the first cut is for speed.
  const shown = JSON.stringify(typeof given === 'string' ? maskNumbersBesideDatesIn(given.slice(0, 200)) : given);
  return `it is ${shown?.slice(0, 60)}; write a date as 2026-12-01, or an instant as 2026-12-01T09:00:00Z; a + is written as %2B in an address`;
}

/** Which entries are asked for; a number isn't among them, which is to stand in no address. */
export const auditQuery = {
  actor: optional(z.string().max(200)).describe('who did it'),
  action: optional(z.enum(auditActions)).describe('what was done'),
  target: optional(z.string().max(200)).describe('a run, also for its batches; a batch; or a campaign'),
  since: optional(date).describe('from then on'),
  until: optional(date).describe('before then'),
};
