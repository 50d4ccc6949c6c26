import { showMasked } from '../numbers/mask-number.js';
import { parseStartAt } from '../timing/start-at.js';
import { timeZoneFault } from '../timing/time-zone.js';
import { cronInstants, type Direction } from './cron.js';
import { cronFault, normalCron } from './cron-fields.js';

/** When a campaign fires: again and again, by a clock that hangs in an IANA time zone, or once. */
export type Schedule = { cron: string; timeZone: string } | { at: Date };

export type ScheduleReading = { ok: true; schedule: Schedule } | { ok: false; reason: string };

const MAX_LENGTH = 200;
const A_DAY_MS = 24 * 60 * 60_000;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROL = /[\u0000-\u0008\u000e-\u001f\u007f]/;
const DATE = /^\d{4}-/;

/**
 * Reads five cron fields (`0 9 * * mon`), which need a time zone, or one instant in ISO 8601, which needs one only if it has no offset
 * and must be ahead of `now`. A refusal says what is wrong and what would be right.
 */
export function parseSchedule(text: string, timeZone: string | undefined, now: Date): ScheduleReading {
  const refuse = (reason: string): ScheduleReading => ({ ok: false, reason });
  if (text.length > MAX_LENGTH) {
    return refuse(`it has ${text.length} characters, a schedule has at most ${MAX_LENGTH}, such as 0 9 * * mon`);
  }
  if (CONTROL.test(text))
    return refuse(`${showMasked(text)} has a control character in it; write for example 0 9 * * mon`);
  const zoneFault = timeZone === undefined ? undefined : timeZoneFault(timeZone);
  if (zoneFault !== undefined) return refuse(zoneFault);
  const trimmed = text.trim();
  if (DATE.test(trimmed)) return parseInstant(trimmed, timeZone, now);
  if (!trimmed.startsWith('@') && !/\s/.test(trimmed)) {
    return refuse(
      `${showMasked(trimmed)} is no schedule: write a cron, such as 0 9 * * mon, or an instant, such as 2027-12-01T09:00:00+07:00`,
    );
  }
  const cron = normalCron(trimmed);
  const fault = cronFault(cron, now);
  if (fault !== undefined) return refuse(fault);
  if (timeZone === undefined) {
    return refuse(`the cron ${showMasked(cron)} has no time zone: give one, such as Asia/Jakarta`);
  }
  return { ok: true, schedule: { cron, timeZone } };
}

function parseInstant(text: string, timeZone: string | undefined, now: Date): ScheduleReading {
  const reading = parseStartAt(text, timeZone);
  if (!reading.ok) return reading;
  if (reading.at > now) return { ok: true, schedule: { at: reading.at } };
  const tomorrow = new Date(now.getTime() + A_DAY_MS).toISOString();
  return {
    ok: false,
    reason: `${reading.at.toISOString()} has passed, it is ${now.toISOString()} now; give one that lies ahead, such as ${tomorrow}`,
  };
}

/** The instants with after < instant ≤ until, ascending, at most `limit`: the first ones. */
export function occurrences(schedule: Schedule, after: Date, until: Date, limit: number): Date[] {
  const found: Date[] = [];
  if (limit < 1 || until <= after) return found;
  for (const at of instantsFrom(schedule, after, 'later')) {
    if (at > until) break;
    if (at > after) found.push(at);
    if (found.length === limit) break;
  }
  return found;
}

/** The instants with after < instant ≤ until, ascending, at most `limit`: the newest ones, found from the end. */
export function latestOccurrences(schedule: Schedule, after: Date, until: Date, limit: number): Date[] {
  const found: Date[] = [];
  if (limit < 1 || until <= after) return found;
  for (const at of instantsFrom(schedule, until, 'earlier')) {
    if (at <= after) break;
    if (at <= until) found.push(at);
    if (found.length === limit) break;
  }
  return found.reverse();
}

/** The next `count` instants after `after`, ascending; fewer if the schedule ends before. */
export function nextOccurrences(schedule: Schedule, after: Date, count: number): Date[] {
  return occurrences(schedule, after, new Date(8.64e15), count);
}

/** Whether a schedule fires at this instant. */
export function isOccurrence(schedule: Schedule, at: Date): boolean {
  return occurrences(schedule, new Date(at.getTime() - 1), at, 1).length === 1;
}

function* instantsFrom(schedule: Schedule, from: Date, direction: Direction): Generator<Date> {
  if ('at' in schedule) yield schedule.at;
  else for (const at of cronInstants(schedule.cron, schedule.timeZone, from, direction)) yield new Date(at);
}
