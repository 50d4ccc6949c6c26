import { showMasked } from '../numbers/mask-number.js';
import {
  cronOfDays,
  type DaySchedule,
  daysOfCron,
  formatTimeOfDay,
  parseTimeOfDay,
  type ScheduledDays,
  weekdayNames,
} from './day-schedule.js';

/** Times and days as somebody writes them, each in a text of its own. */
type DayScheduleText = {
  /** `09:00` or `09:00, 15:00`. */
  times: string;
  /** `mon`, `fri`; not looked at if there are days of the month. None of both: every day. */
  weekdays: readonly string[];
  /** `1, 15, last`. */
  monthDays: string;
};

/** The cron of times and days as they are written. `fault` is a sentence that says what is wrong and what would be right. */
export function readDaySchedule(written: DayScheduleText): { cron: string } | { fault: string } {
  const times: number[] = [];
  for (const text of partsOf(written.times)) {
    const time = parseTimeOfDay(text);
    if (time === undefined) return { fault: `times has ${showMasked(text)}; write hours and minutes, such as 09:00.` };
    times.push(time);
  }
  if (times.length === 0) return { fault: 'times is empty; write at least one, such as 09:00.' };
  const days = daysIn(written);
  if ('fault' in days) return days;
  const cron = cronOfDays({ times, days });
  if (cron !== undefined) return { cron };
  const shown = times.map(formatTimeOfDay).join(', ');
  return {
    fault: `times is ${shown}, and one schedule can't say that: each of its minutes goes with each of its hours, as 09:00, 15:00 do. Add a campaign for each of the others.`,
  };
}

/** A cron in the texts of a form; `undefined` if it says more than times and days. */
export function writeDaySchedule(cron: string): DayScheduleText | undefined {
  const found: DaySchedule | undefined = daysOfCron(cron);
  if (!found) return undefined;
  const { days } = found;
  return {
    times: found.times.map(formatTimeOfDay).join(', '),
    weekdays: days.kind === 'weekdays' ? days.weekdays.map((day) => weekdayNames[day] ?? '') : [],
    monthDays: days.kind === 'month' ? days.days.join(', ') : '',
  };
}

function daysIn({ weekdays, monthDays }: DayScheduleText): ScheduledDays | { fault: string } {
  const parts = partsOf(monthDays);
  if (parts.length === 0) return weekdaysIn(weekdays);
  const numbers = new Set<number>();
  for (const part of parts) {
    if (part === 'last' || part === 'l') continue;
    if (!/^(?:[1-9]|[12]\d|3[01])$/.test(part))
      return { fault: `monthDays has ${showMasked(part)}; write days from 1 to 31, or last, such as 1, 15, last.` };
    numbers.add(Number(part));
  }
  const isLast = parts.some((part) => part === 'last' || part === 'l');
  return {
    kind: 'month',
    days: [...[...numbers].sort((a, b) => a - b), ...(isLast ? (['last'] as const) : [])],
  };
}

function weekdaysIn(names: readonly string[]): ScheduledDays | { fault: string } {
  if (names.length === 0) return { kind: 'every' };
  const weekdays = names.map((name) => weekdayNames.indexOf(name.trim().toLowerCase()));
  const wrong = names.find((_, at) => weekdays[at] === -1);
  if (wrong !== undefined) return { fault: `weekdays has ${showMasked(wrong)}; write ${weekdayNames.join(', ')}.` };
  return { kind: 'weekdays', weekdays: [...new Set(weekdays)].sort((a, b) => a - b) };
}

function partsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[\s,;]+/)
    .filter((part) => part !== '');
}
