import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SendingWindow } from '../../../src/domain/delivery/delivery.js';
import { compileSendingWindow } from '../../../src/domain/timing/sending-window.js';
import { isOpenByTheClock } from '../../support/wall-clock.js';
import { tries } from '../../tries.js';

const nextOpening = (window: SendingWindow, at: Date) => new Date(compileSendingWindow(window)(at.getTime()));

const minuteMs = 60_000;
const dayMs = 86_400_000;
const everyDay = [1, 2, 3, 4, 5, 6, 7];

function minutes(clock: string): number {
  const [hour = 0, minute = 0] = clock.split(':').map(Number);
  return hour * 60 + minute;
}

function windowOf(hours: string, timeZone: string, days: readonly number[] = everyDay): SendingWindow {
  const [opens = '', closes = ''] = hours.split('-');
  return { opensAt: minutes(opens), closesAt: minutes(closes), days, timeZone };
}

function opening(window: SendingWindow, at: string): string {
  return nextOpening(window, new Date(at)).toISOString().replace(':00.000Z', 'Z');
}

describe('a sending window', () => {
  it.each([
    ['2026-12-01T00:59Z', '2026-12-01T01:00Z'],
    ['2026-12-01T01:00Z', '2026-12-01T01:00Z'],
    ['2026-12-01T12:59Z', '2026-12-01T12:59Z'],
    ['2026-12-01T13:00Z', '2026-12-02T01:00Z'],
  ])('of 08:00-20:00 in Jakarta, asked at %s, is open at %s', (at, open) => {
    expect(opening(windowOf('08:00-20:00', 'Asia/Jakarta'), at)).toBe(open);
  });

  it('stays shut on other days, by the local calendar', () => {
    const workdays = windowOf('08:00-20:00', 'Asia/Jakarta', [1, 2, 3, 4, 5]);
    expect(opening(workdays, '2026-12-04T12:59Z')).toBe('2026-12-04T12:59Z');
    expect(opening(workdays, '2026-12-04T13:00Z')).toBe('2026-12-07T01:00Z');
    expect(opening(windowOf('00:00-24:00', 'Asia/Jakarta', [1]), '2026-12-06T16:59Z')).toBe('2026-12-06T17:00Z');
  });

  it('across midnight belongs to the day of its opening', () => {
    const fridayNight = windowOf('22:00-06:00', 'Asia/Jakarta', [5]);
    expect(opening(fridayNight, '2026-12-04T14:59Z')).toBe('2026-12-04T15:00Z');
    expect(opening(fridayNight, '2026-12-04T22:59Z')).toBe('2026-12-04T22:59Z');
    expect(opening(fridayNight, '2026-12-04T23:00Z')).toBe('2026-12-11T15:00Z');
  });

  it('of the whole day is never shut', () => {
    const always = windowOf('00:00-24:00', 'Asia/Jakarta');
    const instants = fc.date({ noInvalidDate: true, min: new Date('1970-01-01'), max: new Date('2100-01-01') });
    fc.assert(fc.property(instants, (at) => +nextOpening(always, at) === +at));
  });

  it('without days is an error, not a search for ever', () => {
    expect(() => nextOpening(windowOf('08:00-20:00', 'UTC', []), new Date(0))).toThrow(/never opens/);
  });
});

describe('when the clock is put forward', () => {
  // In Berlin from 02:00 to 03:00, at 01:00 UTC on 29 March 2026.
  it('an opening that is skipped moves on by the gap, and may leave nothing of the window', () => {
    expect(opening(windowOf('02:30-20:00', 'Europe/Berlin'), '2026-03-29T00:30Z')).toBe('2026-03-29T01:30Z');
    expect(opening(windowOf('02:30-03:15', 'Europe/Berlin'), '2026-03-29T00:30Z')).toBe('2026-03-30T00:30Z');
    expect(opening(windowOf('02:10-02:50', 'Europe/Berlin', [7]), '2026-03-28T12:00Z')).toBe('2026-04-05T00:10Z');
  });

  it('a closing that is skipped is the change', () => {
    const night = windowOf('22:00-02:30', 'Europe/Berlin');
    expect(opening(night, '2026-03-29T00:59Z')).toBe('2026-03-29T00:59Z');
    expect(opening(night, '2026-03-29T01:00Z')).toBe('2026-03-29T20:00Z');
  });

  it('a midnight or a whole day that is skipped shuts nothing that the clock shows', () => {
    // In São Paulo there was no 00:00 on 4 November 2018; in Apia no 30 December 2011.
    expect(opening(windowOf('00:00-24:00', 'America/Sao_Paulo'), '2018-11-04T02:59Z')).toBe('2018-11-04T02:59Z');
    expect(opening(windowOf('00:00-24:00', 'America/Sao_Paulo'), '2018-11-04T03:00Z')).toBe('2018-11-04T03:00Z');
    expect(opening(windowOf('08:00-20:00', 'Pacific/Apia', [5]), '2011-12-28T12:00Z')).toBe('2012-01-05T18:00Z');
  });
});

describe('when the clock is put back', () => {
  // In Berlin from 03:00 to 02:00, at 01:00 UTC on 25 October 2026.
  it('an opening that occurs twice means the first, and the time before it doesn’t count the second time', () => {
    const window = windowOf('02:30-20:00', 'Europe/Berlin');
    expect(opening(window, '2026-10-25T00:29Z')).toBe('2026-10-25T00:30Z');
    expect(opening(window, '2026-10-25T00:59Z')).toBe('2026-10-25T00:59Z');
    expect(opening(window, '2026-10-25T01:00Z')).toBe('2026-10-25T01:30Z');
  });

  it('a closing that occurs twice means the first', () => {
    const night = windowOf('22:00-02:30', 'Europe/Berlin');
    expect(opening(night, '2026-10-25T00:29Z')).toBe('2026-10-25T00:29Z');
    expect(opening(night, '2026-10-25T00:30Z')).toBe('2026-10-25T21:00Z');
    expect(opening(windowOf('02:10-02:50', 'Europe/Berlin'), '2026-10-25T01:00Z')).toBe('2026-10-26T01:10Z');
  });
});

describe('whatever the zone and the change', () => {
  // Changes of an hour, of half an hour, at midnight, over midnight, of a whole day, and none at all.
  const changes: Record<string, string[]> = {
    'Europe/Berlin': ['2026-03-29T01:00Z', '2026-10-25T01:00Z'],
    'America/New_York': ['2026-03-08T07:00Z', '2026-11-01T06:00Z'],
    'Australia/Lord_Howe': ['2026-04-04T15:00Z', '2026-10-03T15:30Z'],
    'America/Havana': ['2026-03-08T05:00Z', '2026-11-01T05:00Z'],
    'America/Sao_Paulo': ['2018-02-18T02:00Z', '2018-11-04T03:00Z'],
    'Asia/Beirut': ['2026-03-28T22:00Z', '2026-10-24T21:00Z'],
    'Pacific/Apia': ['2011-12-30T10:00Z'],
    'Asia/Jakarta': ['2026-12-01T00:00Z'],
    'Asia/Kathmandu': ['2026-12-01T00:00Z'],
  };
  const cases = fc.constantFrom(...Object.entries(changes)).chain(([timeZone, instants]) =>
    fc.record({
      change: fc.constantFrom(...instants.map((instant) => Date.parse(instant))),
      minutesAfter: fc.oneof(fc.integer({ min: -300, max: 300 }), fc.integer({ min: -15_000, max: 15_000 })),
      seconds: fc.constantFrom(0, 0, 17),
      window: fc
        .record({
          opensAt: fc.oneof(
            fc.integer({ min: 0, max: 1439 }),
            fc.integer({ min: 0, max: 12 }).map((n) => n * 15),
          ),
          closesAt: fc.oneof(
            fc.integer({ min: 0, max: 1440 }),
            fc.integer({ min: 0, max: 12 }).map((n) => n * 15),
          ),
          days: fc.oneof(fc.constant(everyDay), fc.subarray(everyDay, { minLength: 1 })),
          timeZone: fc.constant(timeZone),
        })
        .filter(({ opensAt, closesAt }) => opensAt !== closesAt),
    }),
  );

  it('a window is never open at a time that the clock puts outside it', () => {
    fc.assert(
      fc.property(cases, ({ window, change, minutesAfter, seconds }) => {
        const open = nextOpening(window, new Date(change + minutesAfter * minuteMs + seconds * 1000));
        expect(isOpenByTheClock(window, +open)).toBe(true);
        expect(nextOpening(window, open)).toEqual(open);
      }),
      { numRuns: tries(1500) },
    );
  });

  it('no earlier minute is open by the clock, but on the days of a change', () => {
    fc.assert(
      fc.property(cases, ({ window, change, minutesAfter }) => {
        const at = change + minutesAfter * minuteMs;
        const open = +nextOpening(window, new Date(at));
        for (let earlier = at; earlier < open; earlier += minuteMs) {
          if (Math.abs(earlier - change) < 2 * dayMs) continue;
          expect([new Date(earlier), isOpenByTheClock(window, earlier)]).toEqual([new Date(earlier), false]);
        }
      }),
      { numRuns: tries(80) },
    );
  });
});
