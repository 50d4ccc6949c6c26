import { describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import { cronFault } from '../../../src/domain/schedules/cron-fields.js';
import {
  cronOfDays,
  type DaySchedule,
  daysOfCron,
  describeCron,
  parseTimeOfDay,
} from '../../../src/domain/schedules/day-schedule.js';
import { comingFirings, withoutSkips } from '../../../src/domain/schedules/schedule.js';

/** UTC never changes its clock, so that what is asked for can be counted without the code that is tested. */
const timeZone = 'UTC';
const from = new Date('2027-01-15T12:34:00Z');
const ascending = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b);
const some = (most: number, least = 0) =>
  fc.uniqueArray(fc.integer({ min: least, max: most }), { minLength: 1, maxLength: 4 }).map(ascending);
const days: fc.Arbitrary<DaySchedule['days']> = fc.oneof(
  fc.constant({ kind: 'every' as const }),
  some(6).map((weekdays) => ({ kind: 'weekdays' as const, weekdays })),
  fc
    .tuple(some(31, 1), fc.boolean())
    .map(([numbers, last]) => ({ kind: 'month' as const, days: [...numbers, ...(last ? ['last' as const] : [])] })),
);
/** Times that one cron can say: all pairs of some hours and some minutes. */
const times = fc
  .tuple(some(23), some(59))
  .filter(([hours, minutes]) => hours.length * minutes.length <= 6)
  .map(([hours, minutes]) => ascending(hours.flatMap((hour) => minutes.map((minute) => hour * 60 + minute))));
const schedule = fc.record({ times, days });

/** The same by looking at every minute of a year. */
function byLooking({ times: wanted, days: on }: DaySchedule, count: number): Date[] {
  const found: Date[] = [];
  for (let day = Date.parse('2027-01-15T00:00:00Z'); found.length < count; day += 86_400_000) {
    const date = new Date(day);
    const isLast = new Date(day + 86_400_000).getUTCDate() === 1;
    const isWanted =
      on.kind === 'every' ||
      (on.kind === 'weekdays'
        ? on.weekdays.includes(date.getUTCDay())
        : on.days.includes(date.getUTCDate()) || (isLast && on.days.includes('last')));
    if (isWanted) found.push(...wanted.map((time) => new Date(day + time * 60_000)).filter((at) => at > from));
  }
  return found.slice(0, count);
}

describe('times and days', () => {
  test('become a cron that fires exactly then', () => {
    fc.assert(
      fc.property(schedule, (asked) => {
        const cron = cronOfDays(asked) ?? 'none';
        expect(cronFault(cron, from)).toBeUndefined();
        expect(comingFirings(withoutSkips({ cron, timeZone }), from, 8).fires).toEqual(byLooking(asked, 8));
      }),
    );
  });

  test('are found again in their cron', () => {
    fc.assert(
      fc.property(schedule, (asked) => {
        const all = asked.days.kind === 'weekdays' && asked.days.weekdays.length === 7;
        expect(daysOfCron(cronOfDays(asked) ?? '')).toEqual(all ? { ...asked, days: { kind: 'every' } } : asked);
      }),
    );
  });

  test('of a cron that somebody wrote fire when the cron does', () => {
    const field = fc.constantFrom('0 9 * * 1-5', '0 9,15 * * sun,SAT', '5 8 1-3,L * *', '30 7 * * 7', '0 6-8 * * *');
    fc.assert(
      fc.property(field, (cron) => {
        const read = daysOfCron(cron);
        const written = read && cronOfDays(read);
        expect(comingFirings(withoutSkips({ cron: written ?? 'none', timeZone }), from, 20).fires).toEqual(
          comingFirings(withoutSkips({ cron, timeZone }), from, 20).fires,
        );
      }),
    );
  });

  it.each(['0 9 * jan *', '*/5 9 * * *', '0 9 * * mon#1', '0 * * * *', '0 9 L-3 * *', '0 9', '0 9 32 * *', 'x'])(
    'does not show %j, which is more than that',
    (cron) => expect(daysOfCron(cron)).toBeUndefined(),
  );

  it('needs two campaigns for 09:00 and 15:30', () => {
    expect(cronOfDays({ times: [540, 930], days: { kind: 'every' } })).toBeUndefined();
    expect(cronOfDays({ times: [540, 570, 900, 930], days: { kind: 'every' } })).toBe('0,30 9,15 * * *');
    expect(cronOfDays({ times: [], days: { kind: 'every' } })).toBeUndefined();
    expect(cronOfDays({ times: [540], days: { kind: 'weekdays', weekdays: [] } })).toBeUndefined();
  });

  it.each([
    ['0 9 * * *', 'every day at 09:00'],
    ['0 9,15 * * 1,fri', 'at 09:00 and 15:00 on Monday and Friday'],
    ['30 8 1,22,L * *', 'at 08:30 on the 1st, the 22nd and the last day of the month'],
    ['0 9 * * mon#1', '0 9 * * mon#1'],
  ])('says %j as %j', (cron, words) => expect(describeCron(cron)).toBe(words));

  it.each([
    ['9:05', 545],
    [' 23.59 ', 1_439],
    ['24:00', undefined],
    ['9', undefined],
  ])('reads the time %j', (text, minutes) => expect(parseTimeOfDay(text)).toBe(minutes));
});
