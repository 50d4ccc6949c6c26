import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import {
  comingFirings,
  isOccurrence,
  latestOccurrences,
  latestSkipped,
  occurrences,
  skipping,
  whySkipped,
  withoutSkips,
} from '../../../src/domain/schedules/schedule.js';
import { isDate, readSkipDates, skippedDatesOf } from '../../../src/domain/schedules/skipped-dates.js';
import { tries } from '../../tries.js';

const zones = [
  'Asia/Jakarta',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  // Its clock is put forward at midnight, so that a date begins at 01:00.
  'Africa/Cairo',
  'America/Havana',
  // Before 2011 it was put back from 00:01 to 23:01 of the date before.
  'America/St_Johns',
  'Pacific/Apia',
];

/** 06:30 or so every day, as luxon has it; where the clock skips the time, luxon fires as much later, as cron does here. */
function dayByDay(timeZone: string, first: string, hour: number): { date: string; at: Date }[] {
  const begin = DateTime.fromISO(first, { zone: timeZone });
  return Array.from({ length: 40 }, (_, day) => begin.plus({ days: day }).set({ hour, minute: 30 })).map((at) => ({
    date: at.toISODate() ?? '',
    at: at.toJSDate(),
  }));
}

const from = '2027-12-30T00:00Z';

describe('a date that is skipped', () => {
  const daily = { cron: '0 9 * * *', timeZone: 'Asia/Jakarta' };
  const skips = new Map([
    ['2027-12-31', 'the campaign skips this date'],
    ['2028-01-01', "New Year's Day, calendar indonesia"],
  ]);

  it('is told between the firings, with its reason, and moves none of them', () => {
    expect(comingFirings(skipping(daily, skips), new Date(from), 2)).toEqual({
      fires: [new Date('2027-12-30T02:00Z'), new Date('2028-01-02T02:00Z')],
      skipped: [
        { at: new Date('2027-12-31T02:00Z'), reason: 'the campaign skips this date' },
        { at: new Date('2028-01-01T02:00Z'), reason: "New Year's Day, calendar indonesia" },
      ],
    });
  });

  it('is one of its time zone: 00:30 in Jakarta lies on the date before in UTC', () => {
    const schedule = skipping({ cron: '30 0 * * *', timeZone: 'Asia/Jakarta' }, new Map([['2028-01-01', 'x']]));
    expect(isOccurrence(schedule, new Date('2027-12-31T17:30Z'))).toBe(false);
    expect(isOccurrence(schedule, new Date('2028-01-01T17:30Z'))).toBe(true);
    expect(whySkipped(schedule, new Date('2027-12-31T17:00Z'))).toBe('x');
    expect(whySkipped(schedule, new Date('2027-12-31T16:59:59Z'))).toBeNull();
  });

  it('ends at midnight by a clock that is put back then, and begins where there is no midnight', () => {
    const hourly = (timeZone: string, date: string) =>
      skipping({ cron: '0 * * * *', timeZone }, new Map([[date, 'x']]));
    const between = (timeZone: string, date: string, after: string, until: string) =>
      occurrences(hourly(timeZone, date), new Date(after), new Date(until), 100).map((at) =>
        at.toISOString().slice(0, 16),
      );
    // Havana: 7 November 2027 has 25 hours, and the clock shows 00:00 twice.
    expect(between('America/Havana', '2027-11-07', '2027-11-07T02:30Z', '2027-11-08T05:30Z')).toEqual([
      ...['2027-11-07T03:00', '2027-11-08T05:00'],
    ]);
    // Cairo: 30 April 2027 begins at 01:00.
    expect(between('Africa/Cairo', '2027-04-30', '2027-04-29T20:30Z', '2027-04-30T21:30Z')).toEqual([
      ...['2027-04-29T21:00', '2027-04-30T21:00'],
    ]);
  });

  it('means nothing to a single instant', () => {
    const at = new Date('2028-01-01T02:00Z');
    expect(isOccurrence(skipping({ at }, skips), at)).toBe(true);
  });

  it('takes no longer however often a schedule would fire on it', () => {
    const dates = new Map(
      Array.from({ length: 1_000 }, (_, day) => [
        new Date(Date.UTC(2028, 0, 1) + day * 86_400_000).toISOString().slice(0, 10),
        'x',
      ]),
    );
    const began = performance.now();
    const { fires, skipped } = comingFirings(
      skipping({ cron: '* * * * *', timeZone: 'UTC' }, dates),
      new Date('2027-12-31T23:58:30Z'),
      3,
    );
    expect(fires.map((at) => at.toISOString().slice(0, 16))).toEqual([
      ...['2027-12-31T23:59', '2030-09-27T00:00', '2030-09-27T00:01'],
    ]);
    expect(skipped).toHaveLength(50);
    // One by one, 1,440,000 instants would be looked at.
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('is left out in any range, from either end, as a calendar read day by day says', () => {
    fc.assert(
      fc.property(
        fc.record({
          timeZone: fc.constantFrom(...zones),
          first: fc.constantFrom('2027-03-05', '2027-04-10', '2027-10-20', '2010-10-20', '2011-12-10'),
          hour: fc.integer({ min: 0, max: 23 }),
        }),
        fc.array(fc.nat(39), { maxLength: 12 }),
        fc.tuple(fc.nat(40 * 24), fc.nat(40 * 24)),
        fc.integer({ min: 1, max: 9 }),
        ({ timeZone, first, hour }, left, hours, limit) => {
          const days = dayByDay(timeZone, first, hour);
          const skips = new Map(left.map((day) => [days[day]?.date ?? '', `day ${day}`]));
          const cron = { cron: `30 ${hour} * * *`, timeZone };
          const schedule = skipping(cron, skips);
          const start = days[0]?.at.getTime() ?? 0;
          const [after, until] = hours
            .toSorted((a, b) => a - b)
            .map((hour) => new Date(start - 1 + hour * 3_600_000)) as [Date, Date];
          // Apia had no 30 December 2011, and what was due then fires on the 31st as well.
          const all = occurrences(withoutSkips(cron), after, until, 1_000);
          const dateOf = (at: Date) => DateTime.fromJSDate(at, { zone: timeZone }).toISODate() ?? '';
          const expected = all.filter((at) => !skips.has(dateOf(at)));
          if (timeZone !== 'Pacific/Apia') {
            const looked = days.filter(({ at, date }) => at > after && at <= until && !skips.has(date));
            expect(looked.map(({ at }) => at).filter((at) => at <= until)).toEqual(
              expected.filter((at) => at <= (days.at(-1)?.at ?? until)),
            );
          }
          expect(occurrences(schedule, after, until, 1_000)).toEqual(expected);
          expect(occurrences(schedule, after, until, limit)).toEqual(expected.slice(0, limit));
          expect(latestOccurrences(schedule, after, until, limit)).toEqual(expected.slice(-limit));
          const skipped = latestSkipped(schedule, after, until, 1_000);
          expect(new Set(skipped.map(({ at }) => dateOf(at)))).toEqual(
            new Set(all.map(dateOf).filter((date) => skips.has(date))),
          );
          for (const { at } of skipped) expect(isOccurrence(schedule, at)).toBe(false);
        },
      ),
      { numRuns: tries(300) },
    );
  });
});

describe('dates as somebody writes them', () => {
  it('are each kept once, in order', () => {
    expect(readSkipDates([' 2027-03-20', '2027-01-01', '2027-03-20', ''])).toEqual({
      dates: ['2027-01-01', '2027-03-20'],
      faults: [],
    });
    expect(isDate('2028-02-29')).toBe(true);
  });

  it.each([
    [['2027-02-29'], 'skipDates has "2027-02-29"; write dates that there are, such as 2027-01-01.'],
    [['1 January'], 'skipDates has "1 January"; write dates that there are, such as 2027-01-01.'],
    [['6281234567890'], 'skipDates has "6281*******90"; write dates that there are, such as 2027-01-01.'],
    [['2027-1-1'], 'skipDates has "2027-1-1"; write dates that there are, such as 2027-01-01.'],
    ['2027-01-01', 'skipDates is no list of texts; write dates such as ["2027-01-01", "2027-03-20"].'],
    [[20270101], 'skipDates is no list of texts; write dates such as ["2027-01-01", "2027-03-20"].'],
  ])('%j is refused', (given, fault) => {
    expect(readSkipDates(given).faults).toEqual([fault]);
  });

  it('add to those of the calendar, whose names they have; a calendar that is not there gives none', () => {
    const calendars = new Map([
      [
        'indonesia',
        new Map([
          ['2027-01-01', "New Year's Day"],
          ['2027-03-09', ''],
        ]),
      ],
    ]);
    expect(skippedDatesOf({ skipDates: ['2027-01-01', '2027-05-01'], calendar: 'indonesia' }, calendars)).toEqual(
      new Map([
        ['2027-01-01', "New Year's Day, calendar indonesia"],
        ['2027-05-01', 'the campaign skips this date'],
        ['2027-03-09', 'calendar indonesia'],
      ]),
    );
    expect(skippedDatesOf({ skipDates: ['2027-01-01'], calendar: 'malaysia' }, calendars)).toBeUndefined();
  });
});
