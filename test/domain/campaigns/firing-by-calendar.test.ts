import { describe, expect, it } from '@jest/globals';
import type { FiringPlan } from '../../../src/domain/campaigns/firing.js';
import { withoutSkips } from '../../../src/domain/schedules/schedule.js';
import { wallClockOf } from '../../support/wall-clock.js';
import { DAY, fireAt, HOUR, isoOf, later, MINUTE, prepareAheadMs } from './fire-at.js';

describe('the year 2027', () => {
  const changes = {
    'America/New_York': { forward: '2027-03-14', back: '2027-11-07', skipped: '2027-03-14T07:30Z' },
    'Europe/Berlin': { forward: '2027-03-28', back: '2027-10-31', skipped: '2027-03-28T01:30Z' },
    'Asia/Jakarta': undefined,
  };
  type Zone = keyof typeof changes;
  const campaigns: { cron: string; time: string; isDay: (day: Date) => boolean; count: number }[] = [
    { cron: '30 2 * * *', time: '02:30', isDay: () => true, count: 365 },
    { cron: '0 9 * * mon', time: '09:00', isDay: (day) => day.getUTCDay() === 1, count: 52 },
    { cron: '0 8 1 * *', time: '08:00', isDay: (day) => day.getUTCDate() === 1, count: 12 },
  ];
  const cases = campaigns.flatMap((campaign) =>
    (Object.keys(changes) as Zone[]).map((timeZone) => ({ ...campaign, timeZone })),
  );

  /** Tries every quarter of an hour that a day can have anywhere, and takes the first at which the clock shows the time. */
  function instantOf(day: string, time: string, timeZone: Zone): Date {
    const first = later(`${day}T00:00Z`, -14 * HOUR);
    for (let quarter = 0; quarter < 40 * 4; quarter++) {
      const at = later(first, quarter * 15 * MINUTE);
      if (wallClockOf(at, timeZone) === `${day} ${time}`) return at;
    }
    const skipped = changes[timeZone]?.skipped;
    if (day !== changes[timeZone]?.forward || skipped === undefined)
      throw new Error(`${timeZone} has no ${day} ${time}.`);
    return new Date(skipped);
  }

  function expectedIn({ time, isDay, timeZone }: (typeof cases)[number]): Date[] {
    const days = Array.from({ length: 365 }, (_, day) => later('2027-01-01', day * DAY)).filter(isDay);
    return days.map((day) => instantOf(day.toISOString().slice(0, 10), time, timeZone));
  }

  /** Jumps to what is of interest: around each preparation, every 30 s of the hours around each change, and every six hours. */
  function clockOf(expected: Date[], timeZone: Zone): Date[] {
    const change = changes[timeZone];
    const nows = new Set(expected.flatMap((at) => [-1, 0, 10_000].map((ms) => at.getTime() - prepareAheadMs + ms)));
    for (let at = Date.parse('2027-01-01'); at < Date.parse('2028-01-01'); at += 6 * HOUR) nows.add(at);
    for (const day of change === undefined ? [] : [change.forward, change.back]) {
      for (let at = Date.parse(day) - 2 * HOUR; at < Date.parse(day) + 9 * HOUR; at += 30_000) nows.add(at);
    }
    return [...nows].sort((a, b) => a - b).map((at) => new Date(at));
  }

  it.each(cases)('fires $cron in $timeZone $count times, each 30 minutes ahead', (campaign) => {
    const { cron, time, timeZone, count } = campaign;
    const expected = expectedIn(campaign);
    expect(expected).toHaveLength(count);
    const plan: FiringPlan = {
      schedule: withoutSkips({ cron, timeZone }),
      prepareAheadMs,
      catchUp: 'skip',
      decidedUntil: later(expected[0] ?? '', -1),
    };
    const last = expected.at(-1) ?? new Date(0);
    const { fired, skipped } = fireAt(plan, clockOf(expected, timeZone));
    const in2027 = fired.filter(({ at }) => at <= last);
    expect(isoOf(in2027.map(({ at }) => at))).toEqual(isoOf(expected));
    expect(skipped).toEqual([]);
    for (const { at, by } of in2027) {
      expect(by).toEqual(later(at, -prepareAheadMs));
      const isSkippedTime = at.getTime() === Date.parse(changes[timeZone]?.skipped ?? '') && time === '02:30';
      expect(wallClockOf(at, timeZone).slice(11)).toBe(isSkippedTime ? '03:30' : time);
    }
  });

  it.each<[Zone, string, string, string[]]>([
    ['America/New_York', '30 2 * * *', '2027-03-13', ['2027-03-13T07:30Z', '2027-03-14T07:30Z', '2027-03-15T06:30Z']],
    ['America/New_York', '30 2 * * *', '2027-11-06', ['2027-11-06T06:30Z', '2027-11-07T07:30Z', '2027-11-08T07:30Z']],
    ['America/New_York', '30 1 * * *', '2027-11-06', ['2027-11-06T05:30Z', '2027-11-07T05:30Z', '2027-11-08T06:30Z']],
    ['Europe/Berlin', '30 2 * * *', '2027-03-27', ['2027-03-27T01:30Z', '2027-03-28T01:30Z', '2027-03-29T00:30Z']],
    ['Europe/Berlin', '30 2 * * *', '2027-10-30', ['2027-10-30T00:30Z', '2027-10-31T00:30Z', '2027-11-01T01:30Z']],
    ['Asia/Jakarta', '30 2 * * *', '2027-03-28', ['2027-03-27T19:30Z', '2027-03-28T19:30Z', '2027-03-29T19:30Z']],
  ])('fires in %s by %s from %s on at the instants of the calendar', (timeZone, cron, day, instants) => {
    const decidedUntil = later(instants[0] ?? '', -HOUR);
    const plan: FiringPlan = {
      schedule: withoutSkips({ cron, timeZone }),
      prepareAheadMs,
      catchUp: 'skip',
      decidedUntil,
    };
    const nows = Array.from({ length: 3 * 24 * 12 }, (_, step) => later(later(day, -6 * HOUR), step * 5 * MINUTE));
    expect(isoOf(fireAt(plan, nows).fired.map(({ at }) => at))).toEqual(instants);
  });
});
