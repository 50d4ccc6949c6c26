import { isObject, type Json, readNumber } from './callback-values.js';
import { codeIn, readCode } from './failure-code.js';
import { type DeliveryStatus, deliveryStatuses } from './message-state.js';
import { readUserId } from './user-ids.js';

/** One thing that the provider tells of one message. */
export type ToldStatus = {
  messageId: string;
  /** `failed` may be told of a message that was delivered, too. */
  status: DeliveryStatus | 'failed';
  /** When it happened, if that is told. */
  at: Date | null;
  /** The identity of the number, if it is told: a business-scoped user id (`MY.2035200694071263`) is none. */
  phoneNumber: string | null;
  /** Of a failure: why, in the provider's words. */
  notes: string | null;
  /** Of a failure: WhatsApp's code. */
  code: number | null;
  /** The recipient has opted out: code 131050. */
  optedOut: boolean;
};

/** `userId`: the business-scoped id of its recipient, if that is told. */
export type HeardStatus = ToldStatus & { userId: string | null };

/** `ignored` counts what isn't about how far a message has come, or says it in words that aren't known. */
type CallbackReading =
  | { kind: 'statuses'; statuses: HeardStatus[]; ignored: number }
  /** Something else that a channel's webhook gets too, such as an incoming message. */
  | { kind: 'other' }
  | { kind: 'unreadable' };

/**
 * Reads the body of a callback. Two forms were observed: WhatsApp's `{statuses: [{id, status, …}]}`, also nested as the Cloud
 * API does it, and `{type: "message_status", payload: {message_id, status, …}}`. Neither is documented by Qiscus.
 */
export function readCallback(body: unknown): CallbackReading {
  if (!isObject(body)) return { kind: 'unreadable' };
  if (Array.isArray(body.statuses)) return readAll(body.statuses, readStatus);
  if (Array.isArray(body.entry)) return readNested(body.entry);
  if (body.type === 'message_status') return readAll([body.payload], readPayload);
  if (Array.isArray(body.messages) || typeof body.type === 'string') return { kind: 'other' };
  return { kind: 'unreadable' };
}

/** `{entry: [{changes: [{value: {statuses}}]}]}` */
function readNested(entries: readonly unknown[]): CallbackReading {
  const changes = entries.flatMap((entry) => (isObject(entry) && Array.isArray(entry.changes) ? entry.changes : []));
  const values = changes.map((change: unknown) => (isObject(change) ? change.value : undefined));
  if (!values.some(isObject)) return { kind: 'unreadable' };
  const statuses = values.flatMap((value) => (isObject(value) && Array.isArray(value.statuses) ? value.statuses : []));
  return statuses.length === 0 ? { kind: 'other' } : readAll(statuses, readStatus);
}

/** What can't be read as a status is left out, unless it is all there is. */
function readAll(
  items: readonly unknown[],
  read: (item: Json) => HeardStatus | 'ignored' | undefined,
): CallbackReading {
  const readings = items.map((item) => (isObject(item) ? read(item) : undefined));
  if (items.length > 0 && readings.every((reading) => reading === undefined)) return { kind: 'unreadable' };
  const statuses = readings.filter((reading) => reading !== undefined && reading !== 'ignored');
  return { kind: 'statuses', statuses, ignored: readings.length - statuses.length };
}

function readStatus(item: Json): HeardStatus | 'ignored' | undefined {
  const { id, status, timestamp, recipient_id: recipient, errors } = item;
  return withUser(item, toldStatus(id, status, timestamp, recipient, Array.isArray(errors) ? errors : []));
}

function readPayload(payload: Json): HeardStatus | 'ignored' | undefined {
  const { message_id: id, status, timestamp, recipient_id: recipient, error } = payload;
  return withUser(
    payload,
    toldStatus(id, status, timestamp, recipient, error === undefined || error === null ? [] : [error]),
  );
}

function withUser(item: Json, told: ToldStatus | 'ignored' | undefined): HeardStatus | 'ignored' | undefined {
  if (typeof told !== 'object') return told;
  return { ...told, userId: readUserId(item.recipient_user_id) ?? readUserId(item.recipient_id) };
}

function toldStatus(
  id: unknown,
  status: unknown,
  timestamp: unknown,
  recipient: unknown,
  errors: readonly unknown[],
): ToldStatus | 'ignored' | undefined {
  const messageId = readMessageId(id);
  if (messageId === undefined || typeof status !== 'string') return undefined;
  const word = status.trim().toLowerCase();
  const known = word === 'failed' ? word : deliveryStatuses.find((name) => name === word);
  if (known === undefined) return 'ignored';
  const failures = known === 'failed' ? errors : [];
  const notes = failures.map(describeError).filter(Boolean).join('; ');
  return {
    messageId,
    status: known,
    at: readInstant(timestamp),
    phoneNumber: readNumber(recipient),
    notes: notes === '' ? null : notes.slice(0, longestNotes),
    code: failures.map(codeOf).find((code) => code !== null) ?? null,
    optedOut: errors.some(isOptOut),
  };
}

const longestNotes = 500;

/** Postgres takes neither NUL nor half a character. Of a long text, what is kept of it is looked at. */
function storable(text: string): string {
  return Buffer.from(text.slice(0, longestNotes).replaceAll('\0', ' ')).toString();
}

function readMessageId(id: unknown): string | undefined {
  const text = typeof id === 'number' && Number.isSafeInteger(id) ? String(id) : id;
  return typeof text === 'string' && text.trim() !== '' && text.length <= 500 ? storable(text.trim()) : undefined;
}

/** Seconds since 1970 as a number or a text; what has as many digits as milliseconds is those. Or ISO 8601 in UTC. */
export function readInstant(timestamp: unknown): Date | null {
  // Anything else may be nested so deep that to make a text of it fails.
  if (typeof timestamp !== 'string' && typeof timestamp !== 'number') return null;
  const text = String(timestamp).slice(0, 100).trim();
  const number = /^\d{1,13}(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  const ms = Number.isNaN(number) ? readIsoInstant(text) : number >= 1e11 ? number : number * 1000;
  return ms >= earliest && ms < latest ? new Date(ms) : null;
}

/** WhatsApp's first year, and what Postgres and ISO 8601 still agree about: what lies outside is no instant of a message. */
const [earliest, latest] = [Date.UTC(2009), Date.UTC(2200)];

function readIsoInstant(text: string): number {
  return /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:?\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
}

function describeError(error: unknown): string {
  if (!isObject(error)) return typeof error === 'string' ? storable(error).trim() : '';
  const details = isObject(error.error_data) ? error.error_data.details : undefined;
  const words = [error.code, error.title, error.message, details]
    .filter((part) => typeof part === 'string' || typeof part === 'number')
    .map((part) => storable(String(part)).trim());
  return [...new Set(words)].join(' ');
}

function codeOf(error: unknown): number | null {
  const told = isObject(error) ? readCode(error.code) : null;
  return told ?? codeIn(describeError(error));
}

const optOutCode = '131050';

function isOptOut(error: unknown): boolean {
  if (isObject(error) && error.code !== undefined)
    return error.code === Number(optOutCode) || (typeof error.code === 'string' && error.code.trim() === optOutCode);
  return new RegExp(`\\b${optOutCode}\\b`).test(describeError(error));
}
