import { describe, expect, it, jest } from '@jest/globals';
import { Cron } from 'croner';
import fc from 'fast-check';
import {
  comingFirings,
  occurrences,
  parseSchedule,
  type Schedule,
  withoutSkips,
} from '../../../src/domain/schedules/schedule.js';
import { tries } from '../../tries.js';
import { between, latestOccurrence } from './firing-times.js';

const now = new Date('2026-12-01T09:00:00Z');

function read(text: string, timeZone?: string): string | Schedule {
  const reading = parseSchedule(text, timeZone, now);
  return reading.ok ? reading.schedule : reading.reason;
}

describe('a schedule', () => {
  it.each([
    '30 2 * * *',
    '*/15 9-17 * * mon-fri',
    '0 9 1,15 jan,jul *',
    '0 9 L * *',
    '0 9 * * 7',
    '0 9 29 2 *',
    '0 9 * * MON',
  ])('is the cron %s', (cron) => {
    expect(read(cron, 'Asia/Jakarta')).toEqual({ cron, timeZone: 'Asia/Jakarta' });
  });

  it('keeps a cron without the blanks around and between its fields', () => {
    expect(read('  0 9\t*  * mon ', 'UTC')).toEqual({ cron: '0 9 * * mon', timeZone: 'UTC' });
  });

  it.each([
    ['2026-12-02T09:00:00+07:00', undefined, '2026-12-02T02:00:00Z'],
    ['2026-12-02 09:00', 'Asia/Jakarta', '2026-12-02T02:00:00Z'],
    ['2026-12-01T09:00:00.001Z', undefined, '2026-12-01T09:00:00.001Z'],
  ])('is the one instant %s in %s', (text, timeZone, at) => {
    expect(read(text, timeZone)).toEqual({ at: new Date(at) });
  });

  it.each([
    ['0 9 * * mon', undefined, /"0 9 \* \* mon" has no time zone: give one, such as Asia\/Jakarta/],
    ['0 9 * * mon', 'Asia/Bandung', /"Asia\/Bandung" is no IANA time zone, such as Asia\/Jakarta/],
    ['0 9 * * mon', '', /"" is no IANA time zone/],
    ['0 9 * *', 'UTC', /"0 9 \* \*" has 4 fields, a cron has five: minute, hour.*such as 0 9 \* \* mon/],
    ['0 0 9 * * mon', 'UTC', /has 6 fields, a cron has five/],
    ['@daily', 'UTC', /"@daily" is no cron here.*five fields.*such as 0 9 \* \* mon/],
    ['60 9 * * *', 'UTC', /minute of a cron can't be "60", it takes 0 to 59/],
    ['0 24 * * *', 'UTC', /hour of a cron can't be "24", it takes 0 to 23/],
    ['0 9 0 * *', 'UTC', /day of the month of a cron can't be "0", it takes 1 to 31/],
    ['0 9 * foo *', 'UTC', /month of a cron can't be "foo", it takes 1 to 12 or jan to dec/],
    ['0 9 * * 8', 'UTC', /weekday of a cron can't be "8", it takes 0 to 7/],
    ['0 9 * * +6281234567890', 'UTC', /weekday of a cron can't be "\+6281\*+90"/],
    ['*/0 9 * * *', 'UTC', /minute of a cron can't be "\*\/0"/],
    ['0 17-9 * * *', 'UTC', /hour of a cron can't be "17-9"/],
    ['0 0 31 2 *', 'UTC', /"0 0 31 2 \*" never fires.*one that fires is 0 9 \* \* mon/],
    ['0 9 30 2 +mon', 'UTC', /weekday of a cron can't be "\+mon"/],
    ['tomorrow', 'UTC', /"tomorrow" is no schedule: write a cron, such as .*, or an instant, such as/],
    ['', 'UTC', /"" is no schedule/],
    ['2026-12-02T09:00', undefined, /offset.*time zone/],
    ['2027-02-29T09:00Z', undefined, /not a date of the calendar/],
    ['2027-03-28 02:30', 'Europe/Berlin', /doesn't exist in Europe\/Berlin/],
    ['2026-12-01T09:00:00Z', undefined, /2026-12-01T09:00:00.000Z has passed.*such as 2026-12-02T09:00:00.000Z/],
    ['0 9 * * mon\u0000', 'UTC', /"0 9 \* \* mon\\u0000" has a control character.*write for example 0 9 \* \* mon/],
    [`0 9 * * ${'1,'.repeat(97)}1`, 'UTC', /203 characters, a schedule has at most 200, such as/],
  ])('refuses %j in %s and says what would be right', (text, timeZone, reason) => {
    expect(read(text, timeZone)).toMatch(reason);
  });

  it('reads any text without throwing, and what it accepts fires', () => {
    const field = fc.constantFrom('*', '0', '5', '31', '*/7', '1-5', 'mon', 'feb', 'L', '1#1', '+1', '15W', '?', 'x');
    const cron = fc.array(field, { minLength: 4, maxLength: 6 }).map((fields) => fields.join(' '));
    const zone = fc.constantFrom(undefined, 'UTC', 'Europe/Berlin', 'Nowhere');
    fc.assert(
      fc.property(fc.oneof(cron, fc.string({ unit: 'binary', maxLength: 220 })), zone, (text, timeZone) => {
        const reading = parseSchedule(text, timeZone, now);
        if (reading.ok) expect(comingFirings(withoutSkips(reading.schedule), now, 1).fires).toHaveLength(1);
        else expect(reading.reason).not.toBe('');
      }),
      { numRuns: tries(100) },
    );
  });
});

describe('one instant', () => {
  const at = new Date('2027-01-01T00:00:00Z');
  const before = new Date(at.getTime() - 1);

  it('occurs after what is before it and until itself, once', () => {
    expect(occurrences({ at }, before, at, 5)).toEqual([at]);
    expect(occurrences({ at }, at, new Date('2028-01-01'), 5)).toEqual([]);
    expect(occurrences({ at }, new Date(0), before, 5)).toEqual([]);
    expect(latestOccurrence({ at }, before, at)).toEqual(at);
    expect(latestOccurrence({ at }, at, new Date('2028-01-01'))).toBeUndefined();
    expect(comingFirings({ at }, before, 3).fires).toEqual([at]);
  });
});

describe('a cron', () => {
  it('knows days that are rare', () => {
    const schedule = { cron: '0 9 29 2 *', timeZone: 'Asia/Jakarta' };
    const years = comingFirings(withoutSkips(schedule), new Date('2027-01-01'), 3).fires.map((at) => at.toISOString());
    expect(years).toEqual(['2028-02-29T02:00:00.000Z', '2032-02-29T02:00:00.000Z', '2036-02-29T02:00:00.000Z']);
    expect(latestOccurrence(schedule, new Date('2000-03-01'), new Date('2027-01-01'))).toEqual(
      new Date('2024-02-29T02:00Z'),
    );
    expect(latestOccurrence(schedule, new Date('2024-03-01'), new Date('2027-01-01'))).toBeUndefined();
    // 2100 is no leap year.
    expect(comingFirings(withoutSkips(schedule), new Date('2097-01-01'), 1).fires).toEqual([
      new Date('2104-02-29T02:00Z'),
    ]);
  });

  it('fires by its own clock, wherever the machine is', () => {
    expect(between('0 9 * * mon', 'Asia/Jakarta', '2027-01-01T00:00Z', '2027-01-12T00:00Z')).toEqual([
      '2027-01-04T02:00Z',
      '2027-01-11T02:00Z',
    ]);
  });

  it('finds the newest of ten years of minutes in a few steps', () => {
    const steps = [jest.spyOn(Cron.prototype, 'nextRun'), jest.spyOn(Cron.prototype, 'previousRuns')];
    const schedule = { cron: '* * * * *', timeZone: 'America/New_York' };
    const newest = latestOccurrence(schedule, new Date('2017-01-01'), new Date('2027-01-01T00:00:30Z'));
    expect(newest).toEqual(new Date('2027-01-01T00:00Z'));
    const taken = steps.map((step) => step.mock.calls.length).reduce((sum, count) => sum + count);
    expect(taken).toBeGreaterThan(0);
    expect(taken).toBeLessThan(5);
    for (const step of steps) step.mockRestore();
  });
});
