import * as z from 'zod';
import { auditActions } from '../../domain/audit/audit-actions.js';
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

/** An address may have fields of a form that were left empty. */
export const optional = <T extends z.ZodType>(field: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), field.optional());

/** An instant that a filter asks for, of a year that Postgres and people have. */
export const date = z.coerce.date().min(new Date('1970-01-01T00:00:00Z')).max(new Date('9999-12-31T23:59:59.999Z'));

/** Which entries are asked for; a number isn't among them, which is to stand in no address. */
export const auditQuery = {
  actor: optional(z.string().max(200)).describe('who did it'),
  action: optional(z.enum(auditActions)).describe('what was done'),
  target: optional(z.string().max(200)).describe('a run, also for its batches; a batch; or a campaign'),
  since: optional(date).describe('from then on'),
  until: optional(date).describe('before then'),
};
