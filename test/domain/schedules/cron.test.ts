import { describe, expect, it } from '@jest/globals';
import { firesMoreThanHourly, skippedMonths } from '../../../src/domain/schedules/cron-fields.js';
import { comingFirings, parseSchedule, withoutSkips } from '../../../src/domain/schedules/schedule.js';

const now = new Date('2026-12-01T09:00:00Z');

function read(cron: string): string {
  const reading = parseSchedule(cron, 'UTC', now);
  if (!reading.ok) return reading.reason;
  return 'cron' in reading.schedule ? reading.schedule.cron : 'an instant';
}

function next(cron: string): string[] {
  return comingFirings(withoutSkips({ cron, timeZone: 'UTC' }), now, 3).fires.map((at) =>
    at.toISOString().slice(0, 10),
  );
}

describe('the names of days and months', () => {
  it.each([
    ['0 9 * * monday', '0 9 * * mon'],
    ['0 9 * * Monday-FRIDAY', '0 9 * * mon-fri'],
    ['0 9 * * tues,thurs,sunday', '0 9 * * tue,thu,sun'],
    ['0 9 1 january,june *', '0 9 1 jan,jun *'],
    ['0 9 1 sept-december *', '0 9 1 sep-dec *'],
    ['0 9 1 may *', '0 9 1 may *'],
    ['0 9 * * monday#1', '0 9 * * mon#1'],
    ['0 9 * * MON', '0 9 * * MON'],
  ])('%s is read as %s', (written, cron) => {
    expect(read(written)).toBe(cron);
  });
});

describe('a weekday of a month', () => {
  it.each([
    ['0 9 * * MON#1', ['2026-12-07', '2027-01-04', '2027-02-01']],
    ['0 9 * * fri#L', ['2026-12-25', '2027-01-29', '2027-02-26']],
  ])('is %s', (cron, days) => {
    expect(read(cron)).toBe(cron);
    expect(next(cron)).toEqual(days);
  });
});

describe("Quartz's forms", () => {
  it.each([
    ['0 9 ? * MON', 'the cron "0 9 ? * MON" has a ?, which is Quartz\'s; write 0 9 * * MON'],
    ['0 9 ? * +6281234567890', /weekday of a cron can't be "\+6281\*+90"/],
    ['0 9 * * ?', 'the cron "0 9 * * ?" has a ?, which is Quartz\'s; write 0 9 * * *'],
    [
      '0 0 9 ? * MON',
      '"0 0 9 ? * MON" has 6 fields, a cron has five: minute, hour, day of the month, month and weekday; without Quartz\'s seconds and years it is 0 9 * * MON',
    ],
    [
      '0 0 9 ? * MON 2027',
      '"0 0 9 ? * MON 2027" has 7 fields, a cron has five: minute, hour, day of the month, month and weekday; without Quartz\'s seconds and years it is 0 9 * * MON',
    ],
    // Quartz counts from Sunday, which is 1 there.
    [
      '0 0 9 ? * 2',
      '"0 0 9 ? * 2" has 6 fields, a cron has five: minute, hour, day of the month, month and weekday, such as 0 9 * * mon',
    ],
    [
      '0 9 L-3 * *',
      'the day of the month of a cron can\'t be "L-3", which is Quartz\'s; it takes 1 to 31, or L for the last, such as 1 or 1,15',
    ],
    [
      '0 9 15W * *',
      'the day of the month of a cron can\'t be "15W", which is Quartz\'s; it takes 1 to 31, or L for the last, such as 1 or 1,15',
    ],
    [
      '0 9 LW * *',
      'the day of the month of a cron can\'t be "LW", which is Quartz\'s; it takes 1 to 31, or L for the last, such as 1 or 1,15',
    ],
    ['0 9 * * 2#1', /weekday of a cron can't be "2#1", which is Quartz's, where 1 is Sunday; write MON#1 or TUE#1/],
    ['0 9 * * 6L', /weekday of a cron can't be "6L", which is Quartz's, where 1 is Sunday; write FRI#L or SAT#L/],
    ['0 9 * * FRIL', /weekday of a cron can't be "FRIL", which is Quartz's; write FRI#L/],
    ['0 9 13 * +fri', /weekday of a cron can't be "\+fri"/],
  ])('%s is refused', (cron, reason) => {
    if (typeof reason === 'string') expect(read(cron)).toBe(reason);
    else expect(read(cron)).toMatch(reason);
  });
});

describe('days of the month and weekdays together', () => {
  const either = (cron: string) => `the cron "${cron}" gives days of the month and weekdays, and would fire on either`;
  it.each([
    ['0 9 1-7 * mon', 'MON#1, the first such day of the month, was probably meant: 0 9 * * MON#1'],
    ['0 9 1-7 * 1', 'MON#1, the first such day of the month, was probably meant: 0 9 * * MON#1'],
    ['30 8 8-14 jan sunday', 'SUN#2, the second such day of the month, was probably meant: 30 8 * jan SUN#2'],
    ['0 9 15-21 * 7', 'SUN#3, the third such day of the month, was probably meant: 0 9 * * SUN#3'],
    ['0 9 1 * fri', 'FRI#1, the first such day of the month, was probably meant: 0 9 * * FRI#1'],
    ['0 9 1,15 * mon-fri', 'write 0 9 1,15 * * or 0 9 * * mon-fri'],
    ['0 9 */2 * mon', 'write 0 9 */2 * * or 0 9 * * mon'],
    ['0 9 L * mon', 'write 0 9 L * * or 0 9 * * mon'],
  ])('%s is refused', (cron, way) => {
    expect(read(cron)).toBe(`${either(cron.replace('sunday', 'sun'))}; ${way}`);
  });

  it.each(['0 9 1-7 * *', '0 9 * * mon', '0 9 * jan mon'])('%s gives one of them', (cron) => {
    expect(read(cron)).toBe(cron);
  });
});

describe('a day that some months have not', () => {
  it.each([
    ['0 9 31 * *', 'the 31st is skipped in Feb, Apr, Jun, Sep and Nov; the last day of each month is 0 9 L * *'],
    ['0 9 30 * *', 'the 30th is skipped in Feb; the last day of each month is 0 9 L * *'],
    ['0 9 29 * *', 'the 29th is skipped in Feb, but in leap years; the last day of each month is 0 9 L * *'],
    ['0 9 15,31 * *', 'the 31st is skipped in Feb, Apr, Jun, Sep and Nov; the last day of each month is L'],
    ['0 9 31 jan-apr *', 'the 31st is skipped in Feb and Apr; the last day of each month is 0 9 L jan-apr *'],
    ['0 9 31 1,3 *', undefined],
    ['0 9 1-31 * *', undefined],
    ['0 9 L * *', undefined],
    ['0 9 28 * *', undefined],
    ['0 9 * * mon', undefined],
  ])('of %s: %s', (cron, warning) => {
    expect(read(cron)).toBe(cron);
    expect(skippedMonths(cron)).toBe(warning);
  });
});

describe('more often than hourly', () => {
  it.each(['* * * * *', '*/45 * * * *', '0,30 9 * * mon', '0-1 0 1 1 *', '*/59 * * * *'])('is %s', (cron) => {
    expect(firesMoreThanHourly(cron)).toBe(true);
  });

  it.each(['0 * * * *', '30 9 * * mon', '7,7 * * * *', '5-5 9-17 * * *'])('is not %s', (cron) => {
    expect(firesMoreThanHourly(cron)).toBe(false);
  });
});
