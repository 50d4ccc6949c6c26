import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { comingFirings, latestOccurrences, occurrences, withoutSkips } from '../../../src/domain/schedules/schedule.js';
import { wallClockOf } from '../../support/wall-clock.js';
import { tries } from '../../tries.js';
import { between, latestOccurrence } from './firing-times.js';

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
    const schedule = withoutSkips({ cron: '15,35 2 * * *', timeZone: 'Australia/Lord_Howe' });
    const instants = [new Date('2027-10-02T15:35Z'), new Date('2027-10-02T15:45Z')];
    expect(comingFirings(schedule, new Date('2027-10-02T12:00Z'), 2).fires).toEqual(instants);
    expect(comingFirings(schedule, new Date('2027-10-02T12:00Z'), 1).fires).toEqual(instants.slice(0, 1));
    expect(comingFirings(schedule, new Date('2027-10-02T15:40Z'), 1).fires).toEqual(instants.slice(1));
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
          expect(occurrences(withoutSkips(schedule), after, until, 10_000)).toEqual(expected);
          expect(occurrences(withoutSkips(schedule), after, until, limit)).toEqual(expected.slice(0, limit));
          expect(latestOccurrences(withoutSkips(schedule), after, until, limit)).toEqual(expected.slice(-limit));
          expect(latestOccurrence(schedule, after, until)).toEqual(expected.at(-1));
        },
      ),
      { numRuns: tries(250) },
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
