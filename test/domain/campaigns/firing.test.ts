import { describe, expect, it, jest } from '@jest/globals';
import { Cron } from 'croner';
import fc from 'fast-check';
import {
  type CatchUp,
  dueFirings,
  type FiringPlan,
  missedAfterMs,
  mostAtOnce,
} from '../../../src/domain/campaigns/firing.js';
import { occurrences, withoutSkips } from '../../../src/domain/schedules/schedule.js';
import { DAY, fireAt, HOUR, isoOf, later, MINUTE, prepareAheadMs } from './fire-at.js';

describe('a firing that nobody decided in time', () => {
  const at = new Date('2027-05-03T02:00Z');
  const plan = (catchUp: CatchUp): FiringPlan => ({
    schedule: withoutSkips({ cron: '0 9 * * *', timeZone: 'Asia/Jakarta' }),
    prepareAheadMs,
    catchUp,
    decidedUntil: later(at, -HOUR),
  });

  it.each<CatchUp>(['skip', 'latest', 'all'])('still fires five minutes late with %s', (catchUp) => {
    const now = later(at, missedAfterMs);
    expect(dueFirings(plan(catchUp), now)).toEqual({
      fire: [at],
      skipped: [],
      skippedMore: false,
      more: false,
      decidedUntil: later(now, prepareAheadMs),
      ...{ skippedToday: null, onSkippedDates: [] },
    });
  });

  it('is skipped and told a moment later with skip, and fires with latest and all', () => {
    const now = later(at, missedAfterMs + 1);
    expect(dueFirings(plan('skip'), now)).toMatchObject({
      fire: [],
      skipped: [at],
      decidedUntil: later(now, prepareAheadMs),
    });
    expect(dueFirings(plan('latest'), now)).toMatchObject({ fire: [at], skipped: [] });
    expect(dueFirings(plan('all'), now)).toMatchObject({ fire: [at], skipped: [] });
  });

  it('is skipped with skip also when it was the only one', () => {
    const once: FiringPlan = { ...plan('skip'), schedule: { at } };
    expect(dueFirings(once, later(at, DAY))).toMatchObject({ fire: [], skipped: [at] });
    expect(dueFirings({ ...once, catchUp: 'latest' }, later(at, DAY))).toMatchObject({ fire: [at], skipped: [] });
  });

  it('is decided as soon as its preparation begins, no sooner', () => {
    expect(dueFirings(plan('skip'), later(at, -prepareAheadMs - 1)).fire).toEqual([]);
    expect(dueFirings(plan('skip'), later(at, -prepareAheadMs)).fire).toEqual([at]);
  });

  it('is not decided again when the clock is put back or less is prepared ahead', () => {
    const decided = { ...plan('all'), decidedUntil: later(at, HOUR) };
    for (const now of [later(at, -prepareAheadMs), later(at, -DAY), later(at, HOUR)]) {
      expect(dueFirings({ ...decided, prepareAheadMs: 0 }, now)).toEqual({
        fire: [],
        skipped: [],
        skippedMore: false,
        more: false,
        decidedUntil: decided.decidedUntil,
        ...{ skippedToday: null, onSkippedDates: [] },
      });
    }
  });
});

describe('after nothing ran for a while', () => {
  const schedule = withoutSkips({ cron: '0 9 * * *', timeZone: 'Europe/Berlin' });
  const stoppedAt = new Date('2027-03-26T12:00Z');
  const missed = ['2027-03-27T08:00Z', '2027-03-28T07:00Z', '2027-03-29T07:00Z', '2027-03-30T07:00Z'];

  it.each<[CatchUp, string, number, string[], string[]]>([
    ['skip', '2027-03-27T07:00Z', 0, [], []],
    ['skip', '2027-03-27T08:04Z', 0, missed.slice(0, 1), []],
    ['skip', '2027-03-30T12:00Z', 0, [], missed],
    ['skip', '2027-03-30T06:45Z', prepareAheadMs, missed.slice(3), missed.slice(0, 3)],
    ['latest', '2027-03-27T08:04Z', 0, missed.slice(0, 1), []],
    ['latest', '2027-03-27T12:00Z', 0, missed.slice(0, 1), []],
    ['latest', '2027-03-30T12:00Z', 0, missed.slice(3), missed.slice(0, 3)],
    ['latest', '2027-03-30T07:03Z', 0, missed.slice(3), missed.slice(0, 3)],
    // The firing whose preparation begins takes the place of those that were missed.
    ['latest', '2027-03-30T06:45Z', prepareAheadMs, missed.slice(3), missed.slice(0, 3)],
    ['latest', '2027-03-30T06:15Z', prepareAheadMs, missed.slice(2, 3), missed.slice(0, 2)],
    ['all', '2027-03-27T07:00Z', 0, [], []],
    ['all', '2027-03-30T12:00Z', 0, missed, []],
    ['all', '2027-03-30T06:45Z', prepareAheadMs, missed, []],
  ])('with %s at %s, preparing %d ms ahead, fires %j and skips %j, once', (catchUp, at, ahead, fires, skips) => {
    const now = new Date(at);
    const first = fireAt({ schedule, prepareAheadMs: ahead, catchUp, decidedUntil: stoppedAt }, [now]);
    expect(isoOf(first.fired.map((firing) => firing.at))).toEqual(fires);
    expect(isoOf(first.skipped)).toEqual(skips);
    const second = fireAt(first.plan, [now, later(now, 1000)]);
    expect({ fired: second.fired, skipped: second.skipped }).toEqual({ fired: [], skipped: [] });
  });

  const minutely = withoutSkips({ cron: '* * * * *', timeZone: 'Asia/Jakarta' });
  const now = new Date('2027-06-01T00:00:30Z');
  const afterYear = (catchUp: CatchUp): FiringPlan => ({
    schedule: minutely,
    prepareAheadMs: 0,
    catchUp,
    decidedUntil: later(now, -365 * DAY),
  });

  it.each<CatchUp>(['skip', 'latest'])('a year of minutes takes a few hundred steps with %s', (catchUp) => {
    const steps = [jest.spyOn(Cron.prototype, 'nextRun'), jest.spyOn(Cron.prototype, 'previousRuns')];
    const decision = dueFirings(afterYear(catchUp), now);
    const taken = steps.map((step) => step.mock.calls.length).reduce((sum, count) => sum + count);
    for (const step of steps) step.mockRestore();
    expect(taken).toBeGreaterThan(mostAtOnce);
    expect(taken).toBeLessThan(3 * mostAtOnce);
    // Five are not yet missed, and the hundred before them are told by name.
    expect(isoOf(decision.fire)).toEqual(
      ['56', '57', '58', '59'].map((minute) => `2027-05-31T23:${minute}Z`).concat('2027-06-01T00:00Z'),
    );
    expect(decision.skipped).toHaveLength(mostAtOnce);
    expect(isoOf(decision.skipped.slice(-1))).toEqual(['2027-05-31T23:55Z']);
    expect(decision).toMatchObject({ skippedMore: true, more: false, decidedUntil: now });
  });

  it.each([
    [99, 99, false],
    [100, 100, false],
    [101, 100, true],
    [102, 100, true],
  ])('of %d that were skipped names %d and says whether there were more: %s', (count, named, more) => {
    const decidedUntil = new Date('2027-06-01T00:00Z');
    const missedAll = later(decidedUntil, count * MINUTE + missedAfterMs + 1);
    const daily = withoutSkips({ cron: '* 0-1 * * *', timeZone: 'UTC' });
    const at = later(decidedUntil, 12 * HOUR);
    for (const [when, plan] of [
      [missedAll, { schedule: minutely, prepareAheadMs: 0, catchUp: 'skip', decidedUntil }],
      // One more, which fires.
      [
        at,
        {
          schedule: daily,
          prepareAheadMs: 0,
          catchUp: 'latest',
          decidedUntil: later(decidedUntil, (118 - count) * MINUTE),
        },
      ],
    ] as [Date, FiringPlan][]) {
      const decision = dueFirings(plan, when);
      expect(decision.skipped).toHaveLength(named);
      expect(decision.skippedMore).toBe(more);
    }
  });

  it('fires all in order, a hundred a call, and each once', () => {
    const plan = { ...afterYear('all'), decidedUntil: later(now, -250 * MINUTE) };
    const first = dueFirings(plan, now);
    expect(first.fire).toHaveLength(mostAtOnce);
    expect(first).toMatchObject({ more: true, decidedUntil: first.fire.at(-1), skipped: [] });
    const { fired } = fireAt(plan, [now]);
    expect(fired.map(({ at }) => at)).toEqual(occurrences(minutely, plan.decidedUntil, now, 1000));
    expect(fired).toHaveLength(250);
  });

  it('tells what was skipped before it fires more than a hundred that are due', () => {
    const plan: FiringPlan = { ...afterYear('skip'), decidedUntil: later(now, -60 * MINUTE), prepareAheadMs: 3 * HOUR };
    const first = dueFirings(plan, now);
    expect(first).toMatchObject({ more: true, decidedUntil: first.fire.at(-1), skippedMore: false });
    expect(first.skipped).toHaveLength(55);
    const rest = dueFirings({ ...plan, decidedUntil: first.decidedUntil }, now);
    expect(rest).toMatchObject({ more: false, skipped: [], decidedUntil: later(now, 3 * HOUR) });
    expect(first.fire.length + rest.fire.length).toBe(185);
  });
});

describe('however often it is asked', () => {
  const schedules = fc.record({
    cron: fc.constantFrom('30 2 * * *', '*/10 * * * *', '0 * * * *', '15,35 2 * * *', '0 9 * * mon', '* 1-3 * * *'),
    timeZone: fc.constantFrom(
      'America/New_York',
      'Europe/Berlin',
      'Europe/Dublin',
      'Australia/Lord_Howe',
      'Asia/Jakarta',
    ),
  });
  const starts = fc
    .constantFrom('2027-03-13', '2027-03-27', '2027-04-03', '2027-06-01', '2027-10-02', '2027-10-30', '2027-11-06')
    .chain((day) => fc.nat(DAY).map((ms) => later(day, ms)));
  const catchUps = fc.constantFrom<CatchUp>('skip', 'latest', 'all');
  const aheads = fc.constantFrom(0, 1, 10 * MINUTE, prepareAheadMs, 3 * HOUR);

  it('fires the same, as long as it is asked within five minutes of each', () => {
    const gaps = fc.array(fc.integer({ min: 20_000, max: missedAfterMs }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(schedules, starts, catchUps, aheads, gaps, gaps, (schedule, start, catchUp, ahead, one, other) => {
        const plan: FiringPlan = {
          schedule: withoutSkips(schedule),
          prepareAheadMs: ahead,
          catchUp,
          decidedUntil: later(start, ahead),
        };
        const end = later(start, 5 * HOUR);
        const expected = occurrences(withoutSkips(schedule), plan.decidedUntil, later(end, ahead), 10_000);
        for (const steps of [one, other]) {
          const { fired, skipped } = fireAt(plan, clock(start, end, steps));
          expect(fired.map(({ at }) => at)).toEqual(expected);
          expect(skipped).toEqual([]);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('fires or skips each once, and with the state of one call nothing at the next', () => {
    const gaps = fc.array(fc.integer({ min: MINUTE, max: 8 * HOUR }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(schedules, starts, catchUps, aheads, gaps, (schedule, start, catchUp, ahead, steps) => {
        const plan: FiringPlan = {
          schedule: withoutSkips(schedule),
          prepareAheadMs: ahead,
          catchUp,
          decidedUntil: start,
        };
        const end = later(start, 2 * DAY);
        // Twice at each instant.
        const nows = [...clock(start, end, steps)].flatMap((now) => [now, now]);
        const { fired, skipped } = fireAt(plan, nows);
        const decided = [...fired.map(({ at }) => at), ...skipped].sort((a, b) => a.getTime() - b.getTime());
        const all = occurrences(withoutSkips(schedule), start, later(end, ahead), 10_000);
        // Of more than a hundred that are skipped in one call the older have no name.
        if (schedule.cron === '* 1-3 * * *') expect(all).toEqual(expect.arrayContaining(decided));
        else expect(decided).toEqual(all);
        expect(new Set(decided.map((at) => at.getTime())).size).toBe(decided.length);
        if (catchUp === 'all') expect(skipped).toEqual([]);
        if (catchUp === 'skip') for (const { at, by } of fired) expect(by <= later(at, missedAfterMs)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  function* clock(start: Date, end: Date, steps: number[]): Generator<Date> {
    let now = start;
    for (let step = 0; now < end; step++) {
      yield now;
      now = later(now, steps[step % steps.length] ?? MINUTE);
    }
    yield end;
  }
});
