import { IANAZone } from 'luxon';
import { showMasked } from '../numbers/mask-number.js';
import { batchCapacity } from '../runs/batch.js';
import type { MessageTemplate } from '../runs/message.js';
import {
  ascending,
  type Delivery,
  largestId,
  longestMs,
  oneOf,
  type Pace,
  plainDelivery,
  type SendingWindow,
  show,
  text,
  whole,
} from './delivery.js';

/**
 * Reads what was stored as JSON, in whatever order its keys are; a key that isn't there is null.
 * @throws {Error} naming what can't have been stored. An unknown key is that too: it may stand for a limit.
 */
export function parseDelivery(json: unknown): Delivery {
  const stored = fieldsOf(json, 'delivery', Object.keys(plainDelivery));
  const channelId = parse(stored.channelId, 'channelId', whole(1, largestId));
  const dailyLimit = parse(stored.dailyLimit, 'dailyLimit', whole(1));
  return {
    channelId,
    pace: isAbsent(stored.pace) ? null : parsePace(stored.pace),
    window: isAbsent(stored.window) ? null : parseWindow(stored.window),
    dailyLimit,
    handOverAheadMs: parse(stored.handOverAheadMs, 'handOverAheadMs', whole(0, longestMs)),
    first: parse(stored.first, 'first', whole(1, batchCapacity)),
    tooLateAfterMs: parse(stored.tooLateAfterMs, 'tooLateAfterMs', whole(1, longestMs)),
    individual: isAbsent(stored.individual) ? null : parseTemplate(stored.individual),
  };
}

function parseTemplate(json: unknown): MessageTemplate {
  const stored = fieldsOf(json, 'individual', ['templateName', 'namespace', 'language', 'force']);
  return {
    templateName: parseRequired(stored.templateName, 'individual.templateName', text(asStored)),
    namespace: parseRequired(stored.namespace, 'individual.namespace', text(asStored)),
    language: parseRequired(stored.language, 'individual.language', text(asStored)),
    force: parseRequired(stored.force, 'individual.force', oneOf(true, false)),
  };
}

/** Rules for names have become stricter since some were stored. */
function asStored(written: string): string {
  return written;
}

function parsePace(json: unknown): Pace {
  const stored = fieldsOf(json, 'pace', ['recipients', 'durationMs']);
  return {
    recipients: parseRequired(stored.recipients, 'pace.recipients', whole(1)),
    durationMs: parseRequired(stored.durationMs, 'pace.durationMs', whole(1, longestMs)),
  };
}

function parseWindow(json: unknown): SendingWindow {
  const stored = fieldsOf(json, 'window', ['opensAt', 'closesAt', 'days', 'timeZone']);
  const opensAt = parseRequired(stored.opensAt, 'window.opensAt', whole(0, 1439));
  const closesAt = parseRequired(stored.closesAt, 'window.closesAt', whole(0, 1440));
  if (closesAt === opensAt) throw damaged('window.closesAt', closesAt);
  const days: unknown = stored.days;
  if (!Array.isArray(days) || days.length === 0) throw damaged('window.days', days);
  const known = days.map((day: unknown) => parseRequired(day, 'window.days', whole(1, 7)));
  const timeZone = parseRequired(stored.timeZone, 'window.timeZone', text(knownTimeZone));
  return { opensAt, closesAt, days: ascending(known), timeZone };
}

/** Also what is refused by now, such as Etc/GMT-7: what was stored is kept. */
function knownTimeZone(stored: string): string | undefined {
  return IANAZone.isValidZone(stored) ? stored : undefined;
}

function fieldsOf(json: unknown, what: string, known: readonly string[]): Record<string, unknown> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw damaged(what, json);
  const fields: Record<string, unknown> = { ...json };
  const unknown = Object.keys(fields).find((key) => !known.includes(key));
  if (unknown !== undefined) throw damaged(`${what}.${showMasked(unknown)}`, fields[unknown]);
  return fields;
}

function parse<T>(value: unknown, what: string, reading: (value: unknown) => T | undefined): T | null {
  return isAbsent(value) ? null : parseRequired(value, what, reading);
}

function parseRequired<T>(value: unknown, what: string, reading: (value: unknown) => T | undefined): T {
  const found = reading(value);
  if (found === undefined) throw damaged(what, value);
  return found;
}

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function damaged(what: string, value: unknown): Error {
  return new Error(`The stored delivery settings make no sense: ${what} is ${show(value)}.`);
}
