import * as z from 'zod';
import type { BroadcastLog } from '../domain/statuses/broadcast-log.js';
import { storableText } from '../domain/text/unstorable.js';

/** An HTTP answer as it was read: at most a part of the body, and never a redirect followed. */
export type HttpAnswer = { status: number; retryAfter: string | undefined; text: string };

type BroadcastFile = { broadcastFileId: number; answer: Record<string, unknown> };
type BroadcastJob = { broadcastJobId: number; broadcastJob: Record<string, unknown> };

type MessageJob = { broadcastJobId: number | null; logs: BroadcastLog[] };

/** `credits` is a string in the provider's sample; the balance is kept as it came. */
const uploadAnswer = z.looseObject({ broadcast_file_id: z.int().positive() });
const sendAnswer = z.looseObject({
  data: z.looseObject({ broadcast_job: z.looseObject({ id: z.int().positive() }) }),
});

/** A log is the lesser part of the answer: what of it can't be read is absent, and the job was created all the same. */
const text = (longest: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(longest)
    .nullish()
    .catch(null)
    .transform((value) => value ?? null);
const logAnswer = z.looseObject({
  id: z.int().positive().nullish().catch(null),
  message_id: text(500),
  notes: text(10_000),
  sent_at: text(100),
  status: z.string().trim().toLowerCase().min(1).max(100).catch('scheduled'),
});
const messageAnswer = z.looseObject({
  data: z.looseObject({
    broadcast_job_id: z.int().positive().nullish().catch(null),
    broadcast_logs: z.array(logAnswer).catch([]),
  }),
});

/** Both shapes of an error were observed: `{"error": "text"}` and `{"errors": {"message": "text"}}`. */
const observedError = z.union([
  z.looseObject({ error: z.string() }).transform((body) => body.error),
  z.looseObject({ errors: z.looseObject({ message: z.string() }) }).transform((body) => body.errors.message),
]);

export function readBroadcastFile(answer: HttpAnswer): BroadcastFile | undefined {
  const body = uploadAnswer.safeParse(readJson(answer.text));
  return isSuccess(answer) && body.success
    ? { broadcastFileId: body.data.broadcast_file_id, answer: body.data }
    : undefined;
}

export function readBroadcastJob(answer: HttpAnswer): BroadcastJob | undefined {
  const body = sendAnswer.safeParse(readJson(answer.text));
  if (!isSuccess(answer) || !body.success) return undefined;
  const job = body.data.data.broadcast_job;
  return { broadcastJobId: job.id, broadcastJob: job };
}

/** A message has one log. An answer with many more is not about one message. */
const mostLogs = 100;

/** What became of a message: its job, if the answer names one, and its logs. */
export function readMessageJob(answer: HttpAnswer): MessageJob | undefined {
  const body = messageAnswer.safeParse(readJson(answer.text));
  if (!isSuccess(answer) || !body.success) return undefined;
  const { broadcast_job_id: broadcastJobId, broadcast_logs: logs } = body.data.data;
  return { broadcastJobId: broadcastJobId ?? null, logs: logs.slice(0, mostLogs).map(readLog) };
}

function readLog(log: z.infer<typeof logAnswer>): BroadcastLog {
  return {
    broadcastLogId: log.id ?? null,
    messageId: log.message_id,
    status: log.status,
    notes: log.notes,
    sentAt: readInstant(log.sent_at),
  };
}

/** An instant that can be kept; no message is from before WhatsApp, or from far ahead. */
function readInstant(written: string | null): Date | null {
  const ms = written !== null && /^\d{4}-\d\d-\d\dT/.test(written) ? Date.parse(written) : Number.NaN;
  return ms >= Date.UTC(2009) && ms < Date.UTC(2200) ? new Date(ms) : null;
}

/** Whether the provider said no in words that are known to mean it, in spite of a 2xx. */
export function isRefusalIn2xx(answer: HttpAnswer): boolean {
  return isSuccess(answer) && observedError.safeParse(readJson(answer.text)).success;
}

export function isSuccess(answer: HttpAnswer): boolean {
  return answer.status >= 200 && answer.status < 300;
}

/** The provider's own words, shortened; what the body says if it isn't one of the observed shapes. */
export function providerWords(answer: HttpAnswer): string {
  const parsed = observedError.safeParse(readJson(answer.text));
  // Cut before it is looked at: what stands behind so much of a page isn't shown anyway.
  const told = (parsed.success ? parsed.data : answer.text).slice(0, mostLookedAt);
  const words = (parsed.success ? told : withoutTags(told)).replace(/[\s\0]+/g, ' ').trim();
  return `HTTP ${answer.status}: ${words === '' ? '(no text)' : words.length > 500 ? `${words.slice(0, 500)}…` : words}`;
}

const mostLookedAt = 10_000;

/** What stands between the tags of a page. A pattern for a tag would look for its end again from each beginning. */
function withoutTags(text: string): string {
  let words = '';
  let at = 0;
  for (;;) {
    const open = text.indexOf('<', at);
    const close = open === -1 ? -1 : text.indexOf('>', open);
    if (close === -1) return words + text.slice(at);
    words += `${text.slice(at, open)} `;
    at = close + 1;
  }
}

/** Deeper than this nothing is kept of an answer: neither we nor Postgres's jsonb go down for ever. Nor more than so much side by side. */
const mostLayers = 50;
const mostItems = 1_000;

/** Postgres takes neither NUL nor half a character, and an answer must never fail to be recorded for that. */
function storable(value: unknown, layers = mostLayers): unknown {
  if (typeof value === 'string') return storableText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (layers === 0) return '(nested too deep to be kept)';
  if (Array.isArray(value)) return value.slice(0, mostItems).map((inner) => storable(inner, layers - 1));
  const entries = Object.entries(value).slice(0, mostItems);
  return Object.fromEntries(entries.map(([key, inner]) => [storableText(key), storable(inner, layers - 1)]));
}

export function readJson(text: string): unknown {
  try {
    return storable(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Whether an answer has the form of Qiscus's errors, so that it certainly came from there. */
export function isObservedError(answer: HttpAnswer): boolean {
  return observedError.safeParse(readJson(answer.text)).success;
}
