import type { SendingWindow } from '../../src/domain/delivery/delivery.js';

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const formats = new Map<string, Intl.DateTimeFormat>();

/** What a clock on the wall and a calendar beside it show: minutes after midnight and the weekday, 1 for Monday. */
export function wallClock(timeZone: string, at: number): { minute: number; day: number } {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-GB', {
      timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  formats.set(timeZone, format);
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return {
    minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')),
    day: weekdays.indexOf(parts.get('weekday') ?? '') + 1,
  };
}

/** Whether the window is open by what the clock and the calendar show, whichever instant it is. */
export function isOpenByTheClock({ opensAt, closesAt, days, timeZone }: SendingWindow, at: number): boolean {
  const { minute, day } = wallClock(timeZone, at);
  if (closesAt > opensAt) return days.includes(day) && minute >= opensAt && minute < closesAt;
  const yesterday = day === 1 ? 7 : day - 1;
  return (days.includes(day) && minute >= opensAt) || (days.includes(yesterday) && minute < closesAt);
}

const instants = new Map<string, Intl.DateTimeFormat>();

/** What a clock and a calendar show, as `2027-03-14 02:30`: from Intl alone, so that it can judge what luxon and croner made. */
export function wallClockOf(at: Date, timeZone: string): string {
  const format =
    instants.get(timeZone) ??
    // Swedes write dates as ISO does.
    new Intl.DateTimeFormat('sv-SE', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    });
  instants.set(timeZone, format);
  return format.format(at).replace(',', '');
}
