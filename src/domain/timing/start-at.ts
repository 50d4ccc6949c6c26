import { DateTime } from 'luxon';
import { timeZoneFault } from './time-zone.js';

type StartAtReading = { ok: true; at: Date } | { ok: false; reason: string };

const WALL_CLOCK = /^\d{4}-\d{2}-\d{2}[Tt ]([01]\d|2[0-3]):\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?/;
const OFFSET = /^(?:[Zz]|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)$/;

/**
 * Reads an instant in ISO 8601. Without an offset it is a wall-clock time of `timeZone` (IANA) and refused if there is none.
 * A wall-clock time that the change to summer time skips is refused; one that occurs twice means the first.
 */
export function parseStartAt(text: string, timeZone: string | undefined): StartAtReading {
  const refuse = (reason: string): StartAtReading => ({ ok: false, reason });
  const zoneFault = timeZone === undefined ? undefined : timeZoneFault(timeZone);
  if (zoneFault !== undefined) return refuse(zoneFault);
  const trimmed = text.trim();
  const wallClock = WALL_CLOCK.exec(trimmed)?.[0];
  const offset = wallClock === undefined ? undefined : trimmed.slice(wallClock.length);
  if (wallClock === undefined || offset === undefined || (offset !== '' && !OFFSET.test(offset))) {
    return refuse(`${JSON.stringify(shorten(trimmed))} is no date and time, such as 2027-12-01T09:00:00+07:00`);
  }
  if (offset === '' && timeZone === undefined) {
    return refuse(
      `${JSON.stringify(trimmed)} has no time zone: end it with an offset, such as ${trimmed}+07:00, or give a time zone`,
    );
  }
  const iso = trimmed.replace(' ', 'T').toUpperCase();
  const read = DateTime.fromISO(iso, offset === '' && timeZone !== undefined ? { zone: timeZone } : { setZone: true });
  if (!read.isValid) return refuse(`${JSON.stringify(trimmed)} is not a date of the calendar`);
  if (offset !== '') return { ok: true, at: read.toJSDate() };
  return inZone(read, DateTime.fromISO(iso, { zone: 'utc' }), trimmed);
}

function inZone(read: DateTime, asWritten: DateTime, text: string): StartAtReading {
  // luxon moves a skipped time forward without a word.
  if (read.toFormat('yyyy-MM-dd HH:mm') !== asWritten.toFormat('yyyy-MM-dd HH:mm')) {
    const reason = `${JSON.stringify(text)} doesn't exist in ${read.zoneName}: the clock is put forward then`;
    return { ok: false, reason };
  }
  const first = Math.min(...read.getPossibleOffsets().map((possible) => possible.toMillis()));
  return { ok: true, at: new Date(first) };
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

/** UTC with `Z`, the only form that the provider's samples show. */
export function formatStartedAt(date: Date): string {
  return date.toISOString();
}
