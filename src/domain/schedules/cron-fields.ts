import { showMasked } from '../numbers/mask-number.js';
import { compileCron } from './cron.js';

const EXAMPLE = '0 9 * * mon';
const FIVE = 'minute, hour, day of the month, month and weekday';
const FIELDS = [
  { name: 'minute', right: '0 to 59, such as 30 or */15' },
  { name: 'hour', right: '0 to 23, such as 9 or 9-17' },
  { name: 'day of the month', right: '1 to 31, or L for the last, such as 1 or 1,15' },
  { name: 'month', right: '1 to 12 or jan to dec, such as 6 or jan,jul' },
  { name: 'weekday', right: '0 to 7 (0 and 7 are Sunday) or sun to sat, such as mon, 1-5 or mon#1' },
] as const;

const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const LONG_NAME =
  /\b(?:sunday|monday|tues(?:day)?|wednesday|thur(?:s(?:day)?)?|friday|saturday|january|february|march|april|june|july|august|sept(?:ember)?|october|november|december)\b/gi;

/** One blank between fields, and the short names of days and months: `0 9  * * Monday` is `0 9 * * mon`. */
export function normalCron(written: string): string {
  const short = written.replace(LONG_NAME, (name) => name.slice(0, 3).toLowerCase());
  return short.trim().split(/\s+/).join(' ');
}

/**
 * What is wrong with a cron expression in its normal form, ready to be shown, or undefined. Right are five fields (minute, hour, day of
 * the month, month, weekday) of which one of the two for days is `*`, and which some wall-clock time after `now` fits.
 */
export function cronFault(cron: string, now: Date): string | undefined {
  const fields = cron.split(' ');
  const counted = `${FIVE}, such as ${EXAMPLE}`;
  if (cron.startsWith('@')) return `${showMasked(cron)} is no cron here: write its five fields, ${counted}`;
  if (fields.length !== FIELDS.length)
    return `${showMasked(cron)} has ${fields.length} fields, a cron has five: ${withoutQuartz(fields) ?? counted}`;
  if (fields.includes('?')) {
    const right = fields.map((field) => (field === '?' ? '*' : field)).join(' ');
    return cronFault(right, now) ?? `the cron ${showMasked(cron)} has a ?, which is Quartz's; write ${right}`;
  }
  for (const at of FIELDS.keys()) {
    const fault = fieldFault(at, fields[at] ?? '');
    if (fault !== undefined) return fault;
  }
  if (!compiles(cron)) return `${showMasked(cron)} is no cron: it takes ${counted}`;
  if (compileCron(cron).nextRun(now) === null)
    return `the cron ${showMasked(cron)} never fires: no calendar has such a day; one that fires is ${EXAMPLE}`;
  return twoDayFieldsFault(cron, fields);
}

/** Quartz writes seconds first and may write years last. A weekday's number means another day there. */
function withoutQuartz(fields: readonly string[]): string | undefined {
  if (fields.length !== 6 && fields.length !== 7) return undefined;
  const left = fields.slice(1, 6).map((field) => (field === '?' ? '*' : field));
  const isClear = fields[0] === '0' && !/\d/.test(left[4] ?? '') && compiles(left.join(' '));
  return isClear ? `${FIVE}; without Quartz's seconds and years it is ${left.join(' ')}` : undefined;
}

function fieldFault(at: number, text: string): string | undefined {
  const field = FIELDS[at];
  if (!field) return undefined;
  const cant = `the ${field.name} of a cron can't be ${showMasked(text)}`;
  if (field.name === 'day of the month' && /^L-\d|\dW|LW/i.test(text))
    return `${cant}, which is Quartz's; it takes ${field.right}`;
  if (field.name === 'weekday') {
    const [, name, day, nth = 'L'] = /^(?:(\w{3})|(\d))(?:L|#([\dL]))$/i.exec(text) ?? [];
    if (day !== undefined && Number(day) >= 1 && Number(day) <= 7)
      return `${cant}, which is Quartz's, where 1 is Sunday; write ${DAYS[Number(day) - 1]}#${nth} or ${DAYS[Number(day)]}#${nth}`;
    if (name !== undefined && !text.includes('#')) return `${cant}, which is Quartz's; write ${name.toUpperCase()}#L`;
  }
  const alone = FIELDS.map((_, other) => (other === at ? text : '*')).join(' ');
  // croner's own sign for days that both fields have to fit.
  return text.includes('+') || !compiles(alone) ? `${cant}, it takes ${field.right}` : undefined;
}

/** Where both are given, cron fires on the days that fit either, which people hardly ever mean. */
function twoDayFieldsFault(cron: string, fields: readonly string[]): string | undefined {
  const [minute, hour, monthDays = '*', month, weekdays = '*'] = fields;
  if (monthDays === '*' || weekdays === '*') return undefined;
  const either = `the cron ${showMasked(cron)} gives days of the month and weekdays, and would fire on either`;
  const [least, most = least] = /^\d+(?:-\d+)?$/.test(monthDays) ? monthDays.split('-').map(Number) : [];
  const weekday = /^[0-7]$/.test(weekdays) ? DAYS[Number(weekdays)] : weekdays.toUpperCase();
  if (least !== undefined && most !== undefined && weekday !== undefined && DAYS.includes(weekday)) {
    const week = Math.ceil(least / 7);
    const ordinal = ['first', 'second', 'third', 'fourth'][week - 1];
    if (ordinal !== undefined && most <= week * 7)
      return `${either}; ${weekday}#${week}, the ${ordinal} such day of the month, was probably meant: ${minute} ${hour} * ${month} ${weekday}#${week}`;
  }
  return `${either}; write ${minute} ${hour} ${monthDays} ${month} * or ${minute} ${hour} * ${month} ${weekdays}`;
}

/** Whether two of its times are less than an hour apart: they are in the same hour, as every minute goes with every hour. */
export function firesMoreThanHourly(cron: string): boolean {
  const [minutes = '*'] = cron.split(' ');
  const [first, second] = compileCron(`${minutes} * * * *`).nextRuns(2, new Date(0));
  return first !== undefined && second !== undefined && second.getTime() - first.getTime() < 3_600_000;
}

/** A sentence without an end about days of a cron's that some of its months have not, or undefined. */
export function skippedMonths(cron: string): string | undefined {
  const [minute, hour, monthDays = '*', month = '*', weekday] = cron.split(' ');
  const parts = monthDays.split(',');
  const wanted = monthsOf(month);
  const skipped = ([31, 30, 29] as const)
    .filter((day) => parts.some((part) => isNamed(part, day)))
    .map((day) => ({ day, months: wanted.filter((at) => daysOf(at) < day) }))
    .filter(({ months }) => months.length > 0);
  if (skipped.length === 0) return undefined;
  const each = skipped.map(({ day, months }) => {
    const leap = day === 29 ? ', but in leap years' : '';
    return `the ${day === 31 ? '31st' : `${day}th`} is skipped in ${listed(months.map((at) => MONTHS[at] ?? ''))}${leap}`;
  });
  const last = parts.length === 1 ? `${minute} ${hour} L ${month} ${weekday}` : 'L';
  return `${each.join('; ')}; the last day of each month is ${last}`;
}

/** `31`, or `29-31`; a range that begins before the 28th is hardly about the days that some months have not. */
function isNamed(part: string, day: number): boolean {
  const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
  const isAboutTheEnd = first === last || Number(first) >= 28;
  return isAboutTheEnd && Number(first) <= day && day <= Number(last);
}

/** Of a year that is no leap year. @param month from 0. */
function daysOf(month: number): number {
  return new Date(Date.UTC(2027, month + 1, 0)).getUTCDate();
}

function monthsOf(field: string): number[] {
  return compileCron(`0 0 1 ${field} *`)
    .nextRuns(12, new Date('2026-12-31T12:00:00Z'))
    .filter((at) => at.getUTCFullYear() === 2027)
    .map((at) => at.getUTCMonth());
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

function compiles(cron: string): boolean {
  try {
    compileCron(cron);
    return true;
  } catch {
    return false;
  }
}
