import { showMasked } from '../numbers/mask-number.js';
import { parseStartAt } from '../timing/start-at.js';
import { timeZoneFault } from '../timing/time-zone.js';
import { cronInstants, type Direction, dateAt, startOfDate } from './cron.js';
import { cronFault, normalCron } from './cron-fields.js';
import { dateAfter, type SkippedDates } from './skipped-dates.js';

/** When a campaign fires: again and again, by a clock that hangs in an IANA time zone, or once. */
export type Schedule = { cron: string; timeZone: string } | { at: Date };

/** A schedule with the dates on which it doesn't fire: nothing fires that doesn't know them. */
export type FiringSchedule = { cron: string; timeZone: string; skips: SkippedDates } | { at: Date };

/** An instant of a schedule that falls on a skipped date, and why it is skipped. */
export type SkippedFiring = { at: Date; reason: string };

type ScheduleReading = { ok: true; schedule: Schedule } | { ok: false; reason: string };

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
  if (isInstantText(trimmed)) return parseInstant(trimmed, timeZone, now);
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

/** Whether a schedule is written as one instant, right or wrong. */
export function isInstantText(schedule: string): boolean {
  return DATE.test(schedule.trim());
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

/** A schedule that doesn't fire on these dates of its time zone. A single instant has its date already. */
export function skipping(schedule: Schedule, skips: SkippedDates): FiringSchedule {
  return 'at' in schedule ? schedule : { cron: schedule.cron, timeZone: schedule.timeZone, skips };
}

/** A schedule as if it had no skipped date: for whoever asks what may have been due, and fires nothing. */
export function withoutSkips(schedule: Schedule): FiringSchedule {
  return skipping(schedule, new Map());
}

/** The instants with after < instant ≤ until, ascending, at most `limit`: the first ones. */
export function occurrences(schedule: FiringSchedule, after: Date, until: Date, limit: number): Date[] {
  const found: Date[] = [];
  if (limit < 1 || until <= after) return found;
  for (const { at, skipped } of instantsFrom(schedule, after, 'later')) {
    if (at > until) break;
    if (at > after && skipped === null) found.push(at);
    if (found.length === limit) break;
  }
  return found;
}

/** The instants with after < instant ≤ until, ascending, at most `limit`: the newest ones, found from the end. */
export function latestOccurrences(schedule: FiringSchedule, after: Date, until: Date, limit: number): Date[] {
  const found: Date[] = [];
  if (limit < 1 || until <= after) return found;
  for (const { at, skipped } of instantsFrom(schedule, until, 'earlier')) {
    if (at <= after) break;
    if (at <= until && skipped === null) found.push(at);
    if (found.length === limit) break;
  }
  return found.reverse();
}

/** What falls on skipped dates with after < instant ≤ until, ascending, one for each date, at most `limit`: the newest. */
export function latestSkipped(schedule: FiringSchedule, after: Date, until: Date, limit: number): SkippedFiring[] {
  const found: SkippedFiring[] = [];
  if (limit < 1 || until <= after || !hasSkips(schedule)) return found;
  // By the dates: there may be very many instants between them.
  const { timeZone, skips } = schedule;
  const [first, last] = [dateAt(timeZone, after.getTime()), dateAt(timeZone, until.getTime())];
  const dates = [...skips].filter(([date]) => date >= first && date <= last).sort(([a], [b]) => (a < b ? 1 : -1));
  for (const [date, reason] of dates) {
    const begin = new Date(Math.max(after.getTime(), startOfDate(timeZone, date) - 1));
    const end = new Date(Math.min(until.getTime(), startOfDate(timeZone, dateAfter(date)) - 1));
    const [at] = latestOccurrences(withoutSkips(schedule), begin, end, 1);
    if (at) found.push({ at, reason });
    if (found.length === limit) break;
  }
  return found.reverse();
}

const mostSkippedTold = 50;

/**
 * The next `count` firings after `after`, ascending, fewer if the schedule ends before; and what is skipped before the last of them: the
 * first instant of each date, of at most 50 dates.
 */
export function comingFirings(
  schedule: FiringSchedule,
  after: Date,
  count: number,
): { fires: Date[]; skipped: SkippedFiring[] } {
  const fires: Date[] = [];
  const skipped: SkippedFiring[] = [];
  if (count < 1) return { fires, skipped };
  for (const { at, skipped: reason } of instantsFrom(schedule, after, 'later')) {
    if (at <= after) continue;
    if (reason === null) fires.push(at);
    else if (skipped.length < mostSkippedTold) skipped.push({ at, reason });
    if (fires.length === count) break;
  }
  return { fires, skipped };
}

/** Whether a schedule fires at this instant. */
export function isOccurrence(schedule: FiringSchedule, at: Date): boolean {
  return occurrences(schedule, new Date(at.getTime() - 1), at, 1).length === 1;
}

/** Why a schedule doesn't fire on the date of this instant, whatever its cron says; `null`: nothing is in its way. */
export function whySkipped(schedule: FiringSchedule, at: Date): string | null {
  if (!hasSkips(schedule)) return null;
  return schedule.skips.get(dateAt(schedule.timeZone, at.getTime())) ?? null;
}

/** The first instant from this one on whose date isn't skipped: itself, or the beginning of such a date. */
export function pastSkippedDates(schedule: FiringSchedule, from: Date): Date {
  if (!hasSkips(schedule) || whySkipped(schedule, from) === null) return from;
  let date = dateAt(schedule.timeZone, from.getTime());
  while (schedule.skips.has(date)) date = dateAfter(date);
  return new Date(startOfDate(schedule.timeZone, date));
}

function hasSkips(schedule: FiringSchedule): schedule is Exclude<FiringSchedule, { at: Date }> {
  return 'cron' in schedule && schedule.skips.size > 0;
}

/** Of a skipped date comes only the instant that is the first this way, so that no number of instants of it takes long. */
function* instantsFrom(
  schedule: FiringSchedule,
  from: Date,
  direction: Direction,
): Generator<{ at: Date; skipped: string | null }> {
  if ('at' in schedule) return yield { at: schedule.at, skipped: null };
  let start: Date | undefined = from;
  while (start) {
    const begin: Date = start;
    const isPassed = (at: Date) => begin !== from && (direction === 'later' ? at < begin : at >= begin);
    start = undefined;
    for (const ms of cronInstants(schedule.cron, schedule.timeZone, begin, direction)) {
      const at = new Date(ms);
      if (isPassed(at)) continue;
      const skipped = whySkipped(schedule, at);
      yield { at, skipped };
      if (skipped === null) continue;
      const date = dateAt(schedule.timeZone, ms);
      start = new Date(startOfDate(schedule.timeZone, direction === 'later' ? dateAfter(date) : date));
      break;
    }
  }
}
