/** A schedule as people say it: at these times, on these days. */
export type DaySchedule = {
  /** Minutes since midnight, ascending, at least one. */
  times: readonly number[];
  days: ScheduledDays;
};

/** Every day; weekdays, from 0 for Sunday, ascending; or days of the month, ascending, `last` behind the numbers. */
export type ScheduledDays =
  | { kind: 'every' }
  | { kind: 'weekdays'; weekdays: readonly number[] }
  | { kind: 'month'; days: readonly (number | 'last')[] };

/** The days of a week as settings have them, from Monday. */
export const weekdays: readonly string[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** In the order of their numbers in a cron. */
export const weekdayNames: readonly string[] = ['sun', ...weekdays.slice(0, -1)];

/**
 * The cron of a schedule; `undefined` if one cron can't say it: its times have to be all pairs of its minutes and hours. An empty list
 * of days or times isn't one either.
 */
export function cronOfDays({ times, days }: DaySchedule): string | undefined {
  const minutes = distinct(times.map((time) => time % 60));
  const hours = distinct(times.map((time) => Math.floor(time / 60)));
  if (times.length === 0 || minutes.length * hours.length !== distinct(times).length) return undefined;
  const at = `${minutes.join(',')} ${hours.join(',')}`;
  switch (days.kind) {
    case 'every':
      return `${at} * * *`;
    case 'weekdays':
      if (days.weekdays.length === 0) return undefined;
      if (distinct(days.weekdays).length === 7) return `${at} * * *`;
      return `${at} * * ${distinct(days.weekdays)
        .map((day) => weekdayNames[day])
        .join(',')}`;
    case 'month':
      return days.days.length === 0
        ? undefined
        : `${at} ${days.days.map((day) => (day === 'last' ? 'L' : day)).join(',')} * *`;
  }
}

/** A cron in its normal form as times and days; `undefined` if it says more, such as months, or more times than a form has fields. */
export function daysOfCron(cron: string): DaySchedule | undefined {
  const [minute = '', hour = '', monthDay = '', month, weekday = '', ...more] = cron.split(' ');
  if (month !== '*' || more.length > 0) return undefined;
  const [minutes, hours] = [numbersOf(minute, 0, 59), numbersOf(hour, 0, 23)];
  if (!minutes || !hours || minutes.length * hours.length > mostTimes) return undefined;
  const times = hours.flatMap((at) => minutes.map((of) => at * 60 + of));
  const days = daysIn(monthDay, weekday);
  return days && { times, days };
}

/** The most times of a day that are told one by one. */
const mostTimes = 6;

function daysIn(monthDay: string, weekday: string): ScheduledDays | undefined {
  if (monthDay === '*' && weekday === '*') return { kind: 'every' };
  if (monthDay === '*') {
    const numbered = weekday.toLowerCase().replace(/[a-z]{3}/g, (name) => {
      const at = weekdayNames.indexOf(name);
      return at < 0 ? name : String(at);
    });
    const found = numbersOf(numbered, 0, 7);
    if (!found) return undefined;
    // 7 is Sunday, too.
    const weekdays = distinct(found.map((day) => day % 7));
    return weekdays.length === 7 ? { kind: 'every' } : { kind: 'weekdays', weekdays };
  }
  if (weekday !== '*') return undefined;
  const parts = monthDay.split(',');
  const rest = parts.filter((part) => part.toUpperCase() !== 'L');
  const numbers = rest.length === 0 ? [] : numbersOf(rest.join(','), 1, 31);
  if (!numbers) return undefined;
  return { kind: 'month', days: [...numbers, ...(rest.length < parts.length ? (['last'] as const) : [])] };
}

/** The numbers of a field that lists numbers and ranges, ascending. */
function numbersOf(field: string, least: number, most: number): number[] | undefined {
  const found: number[] = [];
  for (const part of field.split(',')) {
    const [, first, last = first] = /^(\d{1,2})(?:-(\d{1,2}))?$/.exec(part) ?? [];
    if (first === undefined) return undefined;
    const [from, to] = [Number(first), Number(last)];
    if (from < least || to > most || from > to) return undefined;
    for (let at = from; at <= to; at += 1) found.push(at);
  }
  return distinct(found);
}

function distinct(numbers: readonly number[]): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}

const longNames = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** `at 09:00 and 15:00 on Monday and Friday`. */
function describeDays({ times, days }: DaySchedule): string {
  const at = `at ${listed(times.map(formatTimeOfDay))}`;
  if (days.kind === 'every') return `every day ${at}`;
  if (days.kind === 'weekdays') return `${at} on ${listed(days.weekdays.map((day) => longNames[day] ?? ''))}`;
  const named = days.days.map((day) => (day === 'last' ? 'the last day' : `the ${ordinal(day)}`));
  return `${at} on ${listed(named)} of the month`;
}

/** A schedule's cron as people say it; the cron itself where there are no such words. */
export function describeCron(cron: string): string {
  const days = daysOfCron(cron);
  return days ? describeDays(days) : cron;
}

export function formatTimeOfDay(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

/** Minutes since midnight of `HH:MM` or `H:MM`; `undefined` if it is none. */
export function parseTimeOfDay(text: string): number | undefined {
  const [, hours, minutes] = /^(\d{1,2})[:.](\d{2})$/.exec(text.trim()) ?? [];
  if (hours === undefined || Number(hours) > 23 || Number(minutes) > 59) return undefined;
  return Number(hours) * 60 + Number(minutes);
}

function ordinal(day: number): string {
  const isTeen = day > 10 && day < 14;
  return `${day}${(!isTeen && ['', 'st', 'nd', 'rd'][day % 10]) || 'th'}`;
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
