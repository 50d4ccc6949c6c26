import { DateTime } from 'luxon';
import * as z from 'zod';
import type { Accepted } from './accepted.js';
import type { Assumptions } from './assumptions.js';
import { isE164Digits } from './check-csv.js';

const SEPARATOR = z.enum([',', ';'], { error: 'must be "," or ";"' });
const ID = z.int().positive();
const NAME = z.string().trim().min(1, 'must not be empty');

const uploadFields = z.object({ template_detail_id: ID, separator: SEPARATOR });

const sendFields = z.object({
  template_detail_id: ID,
  broadcast_file_id: ID,
  name: NAME,
  separator: SEPARATOR,
  started_at: z.string().optional(),
});

const clientFields = z.object({
  channel_id: ID,
  name: NAME,
  template_name: NAME,
  template_detail_id: ID,
  namespace: NAME,
  language: NAME,
  variables: z.array(z.string()),
  phone_number: z.string().refine(isE164Digits, 'is not E.164 digits'),
  started_at: z.string().optional(),
  button_params: z.array(z.record(z.string(), z.unknown())).optional(),
});

type UploadFields = z.infer<typeof uploadFields>;
type SendFields = z.infer<typeof sendFields>;
type ClientFields = z.infer<typeof clientFields>;
type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

export function checkUploadFields(fields: unknown): Checked<UploadFields> {
  return checkShape(uploadFields, fields);
}

export function checkSendFields(
  fields: unknown,
  receivedAt: Date,
  accepted: Accepted,
  assumptions: Assumptions,
): Checked<SendFields> {
  const checked = checkShape(sendFields, fields);
  if (!checked.ok) return checked;
  const reason =
    fileReason(checked.value, accepted, assumptions) ??
    startedAtReason(checked.value.started_at, receivedAt, assumptions);
  return reason === undefined ? checked : { ok: false, reason };
}

export function checkClientFields(fields: unknown, receivedAt: Date, assumptions: Assumptions): Checked<ClientFields> {
  const checked = checkShape(clientFields, fields);
  if (!checked.ok) return checked;
  const reason = startedAtReason(checked.value.started_at, receivedAt, assumptions);
  return reason === undefined ? checked : { ok: false, reason };
}

/** Qiscus answers `2022-03-05T10:15:00Z` to `2022-03-05T10:15:00.000Z`. */
export function echoInstant(startedAt: string | undefined, receivedAt: Date): string {
  const instant = startedAt === undefined ? receivedAt : DateTime.fromISO(startedAt, { zone: 'utc' }).toJSDate();
  return instant.toISOString().replace(/\.\d{3}Z$/, 'Z');
}

function checkShape<T>(schema: z.ZodType<T>, fields: unknown): Checked<T> {
  const parsed = schema.safeParse(fields);
  if (parsed.success) return { ok: true, value: parsed.data };
  const reasons = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`);
  return { ok: false, reason: reasons.join('; ') };
}

function fileReason(fields: SendFields, accepted: Accepted, assumptions: Assumptions): string | undefined {
  const file = accepted.file(fields.broadcast_file_id);
  if (file === undefined) return `broadcast_file_id ${fields.broadcast_file_id} is not known`;
  if (assumptions.refuseSecondSend && file.sent) return `broadcast_file_id ${file.id} was sent before`;
  if (!assumptions.requireSameAsFile) return undefined;
  if (file.templateDetailId !== fields.template_detail_id) {
    return `template_detail_id is ${fields.template_detail_id}, the file's is ${file.templateDetailId}`;
  }
  if (file.separator !== fields.separator) {
    return `separator is ${JSON.stringify(fields.separator)}, the file's is ${JSON.stringify(file.separator)}`;
  }
  return undefined;
}

/** Luxon alone would take `2026` or `2026-W05` for an instant too. */
const DATE_AND_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}([.,]\d+)?)?(Z|[+-]\d{2}(:?\d{2})?)?$/;

function startedAtReason(text: string | undefined, receivedAt: Date, assumptions: Assumptions): string | undefined {
  if (text === undefined) return undefined;
  const match = DATE_AND_TIME.exec(text);
  const instant = DateTime.fromISO(text, { zone: 'utc' });
  if (match === null || !instant.isValid) return `started_at ${JSON.stringify(text)} is not ISO 8601`;
  const offset = match[3];
  if (offset === undefined && assumptions.refuseStartedAtWithoutOffset) return `started_at ${text} has no offset`;
  if (offset !== undefined && offset !== 'Z' && assumptions.refuseOffsetsOtherThanZ)
    return `started_at ${text} is not in UTC`;
  if (instant.toMillis() < receivedAt.getTime() && assumptions.refusePastStartedAt)
    return `started_at ${text} is in the past`;
  return undefined;
}
