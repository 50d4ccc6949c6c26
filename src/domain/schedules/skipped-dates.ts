import { maskNumbersBesideDatesIn } from '../numbers/mask-number.js';

/** Dates (`YYYY-MM-DD`) on which a campaign does not fire, each with the reason. */
export type SkippedDates = ReadonlyMap<string, string>;

/** Dates (`YYYY-MM-DD`), each with what it is called; empty if it has no name. */
export type Calendar = ReadonlyMap<string, string>;

/** Calendars by their names, as the configuration has them. */
export type Calendars = ReadonlyMap<string, Calendar>;

/** What a campaign says of the dates on which it does not fire. */
export type SkipSettings = {
  /** `YYYY-MM-DD`, each once, ascending. */
  skipDates: readonly string[];
  /** The name of a calendar; `null`: none. */
  calendar: string | null;
};

const mostDates = 1_000;

/** The dates on which a campaign with these settings does not fire; `undefined` if its calendar isn't among these. */
export function skippedDatesOf({ skipDates, calendar }: SkipSettings, calendars: Calendars): SkippedDates | undefined {
  const dates = calendar === null ? new Map<string, string>() : calendars.get(calendar);
  if (!dates) return undefined;
  return new Map([
    ...skipDates.map((date) => [date, 'the campaign skips this date'] as const),
    ...[...dates].map(([date, label]) => [date, `${label && `${label}, `}calendar ${calendar}`] as const),
  ]);
}

/** Reads the dates that a caller gives; `faults` is a sentence for each that is none. */
export function readSkipDates(given: unknown): { dates: string[]; faults: string[] } {
  if (given === undefined) return { dates: [], faults: [] };
  if (!Array.isArray(given) || !given.every((one) => typeof one === 'string'))
    return { dates: [], faults: ['skipDates is no list of texts; write dates such as ["2027-01-01", "2027-03-20"].'] };
  const dates = given.map((one) => one.trim()).filter((one) => one !== '');
  const faults = dates
    .filter((one) => !isDate(one))
    .map((one) => `skipDates has ${showDateText(one)}; write dates that there are, such as 2027-01-01.`);
  if (dates.length > mostDates)
    faults.push(`skipDates has ${dates.length} dates, and may have ${mostDates}; put them into a calendar.`);
  return { dates: [...new Set(dates)].sort(), faults: faults.slice(0, 20) };
}

/** Whether a text is a date that there is, as `2027-01-01`. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

/** What was written in the place of a date, for a message: in one line, short, its numbers masked. */
export function showDateText(text: string): string {
  return JSON.stringify(maskNumbersBesideDatesIn(text.slice(0, 200)).slice(0, 40));
}

/** A date for people: `Fri 1 Jan 2027`. */
export function showDate(date: string): string {
  const at = new Date(`${date}T00:00:00Z`);
  const part = (options: Intl.DateTimeFormatOptions) => at.toLocaleDateString('en-US', { ...options, timeZone: 'UTC' });
  return `${part({ weekday: 'short' })} ${part({ day: 'numeric' })} ${part({ month: 'short' })} ${part({ year: 'numeric' })}`;
}

/** The date after this one. */
export function dateAfter(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + 24 * 60 * 60_000).toISOString().slice(0, 10);
}
