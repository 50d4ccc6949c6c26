import { describe, expect, it, jest } from '@jest/globals';
import { Cron } from 'croner';
import fc from 'fast-check';
import {
  latestOccurrences,
  nextOccurrences,
  occurrences,
  parseSchedule,
  type Schedule,
} from '../../../src/domain/timing/schedule.js';
import { wallClockOf } from '../../support/wall-clock.js';

const now = new Date('2026-12-01T09:00:00Z');

function read(text: string, timeZone?: string): string | Schedule {
  const reading = parseSchedule(text, timeZone, now);
  return reading.ok ? reading.schedule : reading.reason;
}

function between(cron: string, timeZone: string, after: string, until: string): string[] {
  return occurrences({ cron, timeZone }, new Date(after), new Date(until), 1000).map((at) =>
    at.toISOString().replace(':00.000Z', 'Z'),
  );
}

const latestOccurrence = (schedule: Schedule, after: Date, until: Date) =>
  latestOccurrences(schedule, after, until, 1)[0];

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
        if (reading.ok) expect(nextOccurrences(reading.schedule, now, 1)).toHaveLength(1);
        else expect(reading.reason).not.toBe('');
      }),
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
    expect(nextOccurrences({ at }, before, 3)).toEqual([at]);
  });
});

describe('a cron on the day on which the clock is put forward', () => {
  it.each([
    ['America/New_York', '2027-03-14', ['2027-03-13T07:30Z', '2027-03-14T07:30Z', '2027-03-15T06:30Z']],
    ['Europe/Berlin', '2027-03-28', ['2027-03-27T01:30Z', '2027-03-28T01:30Z', '2027-03-29T00:30Z']],
  ])('fires the skipped 02:30 at 03:30 in %s', (timeZone, day, instants) => {
    const after = new Date(`${day}T00:00:00Z`).getTime() - 24 * 3_600_000;
    const until = new Date(after + 72 * 3_600_000).toISOString();
    expect(between('30 2 * * *', timeZone, new Date(after).toISOString(), until)).toEqual(instants);
    expect(wallClockOf(new Date(instants[1] ?? ''), timeZone)).toBe(`${day} 03:30`);
  });

  it('moves by half an hour where the clock does', () => {
    expect(between('15 2 * * *', 'Australia/Lord_Howe', '2027-10-01T00:00Z', '2027-10-04T00:00Z')).toEqual([
      '2027-10-01T15:45Z',
      '2027-10-02T15:45Z',
      '2027-10-03T15:15Z',
    ]);
    expect(wallClockOf(new Date('2027-10-02T15:45Z'), 'Australia/Lord_Howe')).toBe('2027-10-03 02:45');
  });

  it('follows Dublin, whose winter is the exception', () => {
    expect(between('30 1 * * *', 'Europe/Dublin', '2027-03-27T00:00Z', '2027-03-29T12:00Z')).toEqual([
      '2027-03-27T01:30Z',
      '2027-03-28T01:30Z',
      '2027-03-29T00:30Z',
    ]);
  });

  it('fires an hourly once where two of its times meet', () => {
    expect(between('0 * * * *', 'America/New_York', '2027-03-14T05:00Z', '2027-03-14T09:00Z')).toEqual([
      '2027-03-14T06:00Z',
      '2027-03-14T07:00Z',
      '2027-03-14T08:00Z',
      '2027-03-14T09:00Z',
    ]);
  });

  it('puts a skipped time behind those that come before it', () => {
    // 02:15 fires at 02:45 by the new clock, after 02:35.
    const schedule = { cron: '15,35 2 * * *', timeZone: 'Australia/Lord_Howe' };
    const instants = [new Date('2027-10-02T15:35Z'), new Date('2027-10-02T15:45Z')];
    expect(nextOccurrences(schedule, new Date('2027-10-02T12:00Z'), 2)).toEqual(instants);
    expect(nextOccurrences(schedule, new Date('2027-10-02T12:00Z'), 1)).toEqual(instants.slice(0, 1));
    expect(nextOccurrences(schedule, new Date('2027-10-02T15:40Z'), 1)).toEqual(instants.slice(1));
  });
});

describe('a cron on the day on which the clock is put back', () => {
  it.each([
    ['America/New_York', '30 1 * * *', '2027-11-07', '2027-11-07T05:30Z'],
    ['Europe/Berlin', '30 2 * * *', '2027-10-31', '2027-10-31T00:30Z'],
    ['Europe/Dublin', '30 1 * * *', '2027-10-31', '2027-10-31T00:30Z'],
    ['Australia/Lord_Howe', '45 1 * * *', '2027-04-04', '2027-04-03T14:45Z'],
  ])('fires in the doubled hour of %s the first time only', (timeZone, cron, day, instant) => {
    const noon = new Date(`${day}T00:00:00Z`).getTime();
    const range = [noon - 14 * 3_600_000, noon + 9 * 3_600_000].map((at) => new Date(at).toISOString());
    expect(between(cron, timeZone, range[0] ?? '', range[1] ?? '')).toEqual([instant]);
  });

  it('leaves out the second hour of an hourly', () => {
    expect(between('0 * * * *', 'America/New_York', '2027-11-07T04:00Z', '2027-11-07T08:00Z')).toEqual([
      '2027-11-07T05:00Z',
      '2027-11-07T07:00Z',
      '2027-11-07T08:00Z',
    ]);
  });
});

describe('a cron', () => {
  it('knows days that are rare', () => {
    const schedule = { cron: '0 9 29 2 *', timeZone: 'Asia/Jakarta' };
    const years = nextOccurrences(schedule, new Date('2027-01-01'), 3).map((at) => at.toISOString());
    expect(years).toEqual(['2028-02-29T02:00:00.000Z', '2032-02-29T02:00:00.000Z', '2036-02-29T02:00:00.000Z']);
    expect(latestOccurrence(schedule, new Date('2000-03-01'), new Date('2027-01-01'))).toEqual(
      new Date('2024-02-29T02:00Z'),
    );
    expect(latestOccurrence(schedule, new Date('2024-03-01'), new Date('2027-01-01'))).toBeUndefined();
    // 2100 is no leap year.
    expect(nextOccurrences(schedule, new Date('2097-01-01'), 1)).toEqual([new Date('2104-02-29T02:00Z')]);
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

describe('around every change of a clock', () => {
  const changes = [
    { timeZone: 'America/New_York', from: '2027-03-13' },
    { timeZone: 'America/New_York', from: '2027-11-06' },
    { timeZone: 'Europe/Berlin', from: '2027-03-27' },
    { timeZone: 'Europe/Berlin', from: '2027-10-30' },
    { timeZone: 'Europe/Dublin', from: '2027-03-27' },
    { timeZone: 'Europe/Dublin', from: '2027-10-30' },
    { timeZone: 'Australia/Lord_Howe', from: '2027-04-03' },
    { timeZone: 'Australia/Lord_Howe', from: '2027-10-02' },
    { timeZone: 'Antarctica/Troll', from: '2027-03-27' },
    { timeZone: 'Asia/Jakarta', from: '2027-03-27' },
    // The whole of 30 December 2011 was skipped there.
    { timeZone: 'Pacific/Apia', from: '2011-12-29' },
  ].map((change) => ({ ...change, minutes: minutesOf(change.timeZone, new Date(`${change.from}T00:00Z`)) }));

  const numbers = (most: number) => fc.uniqueArray(fc.nat(most), { minLength: 1, maxLength: 4 });
  const minutes = fc.oneof(numbers(59), fc.subarray([0, 15, 30, 45], { minLength: 1 }));
  const times = fc.record({ minutes, hours: fc.oneof(numbers(23), numbers(3), fc.constant(undefined)) });
  const seconds = fc.integer({ min: -2 * 3600, max: 74 * 3600 });
  const bound = fc.oneof(
    seconds,
    seconds.map((second) => second - (second % 900)),
  );

  it('fires what a minute-by-minute look at the clock says, in any range, from either end', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...changes),
        times,
        bound,
        bound,
        fc.integer({ min: 1, max: 9 }),
        (change, clock, one, other, limit) => {
          const schedule = {
            cron: `${clock.minutes.join()} ${clock.hours?.join() ?? '*'} * * *`,
            timeZone: change.timeZone,
          };
          const start = new Date(`${change.from}T00:00Z`).getTime();
          const [after, until] = [one, other]
            .sort((a, b) => a - b)
            .map((seconds) => new Date(start + seconds * 1000)) as [Date, Date];
          const expected = firingsOf(change.minutes, clock).filter((at) => at > after && at <= until);
          expect(occurrences(schedule, after, until, 10_000)).toEqual(expected);
          expect(occurrences(schedule, after, until, limit)).toEqual(expected.slice(0, limit));
          expect(latestOccurrences(schedule, after, until, limit)).toEqual(expected.slice(-limit));
          expect(latestOccurrence(schedule, after, until)).toEqual(expected.at(-1));
        },
      ),
      { numRuns: 250 },
    );
  });
});

type Minute = { at: number; wallClock: number };

/** Every minute of six days, and what the clock shows then (ms as if it hung in UTC). */
function minutesOf(timeZone: string, from: Date): Minute[] {
  const start = from.getTime() - 24 * 3_600_000;
  return Array.from({ length: 6 * 24 * 60 }, (_, minute) => {
    const at = start + minute * 60_000;
    return { at, wallClock: Date.parse(`${wallClockOf(new Date(at), timeZone).replace(' ', 'T')}Z`) };
  });
}

/** Looks at the clock every minute: what it shows again is past, and what it leapt over happens as much later as it leapt. */
function firingsOf(minutes: Minute[], clock: { minutes: number[]; hours?: number[] | undefined }): Date[] {
  const fires = (wallClock: number) => {
    const time = new Date(wallClock);
    return clock.minutes.includes(time.getUTCMinutes()) && clock.hours?.includes(time.getUTCHours()) !== false;
  };
  const instants = new Set<number>();
  let next = minutes[0]?.wallClock ?? 0;
  for (const { at, wallClock } of minutes) {
    for (let leapt = next; leapt <= wallClock; leapt += 60_000) {
      const isLeapt = leapt < wallClock;
      if (fires(leapt)) instants.add(isLeapt ? at + leapt - next : at);
    }
    next = Math.max(next, wallClock + 60_000);
  }
  return [...instants].sort((a, b) => a - b).map((at) => new Date(at));
}
