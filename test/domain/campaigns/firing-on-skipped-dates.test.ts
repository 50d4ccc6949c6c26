import { describe, expect, it } from '@jest/globals';
import { type CatchUp, dueFirings, type FiringPlan, startOfFiring } from '../../../src/domain/campaigns/firing.js';
import { skipping } from '../../../src/domain/schedules/schedule.js';
import { DAY, HOUR, later } from './fire-at.js';

describe('a firing on a skipped date', () => {
  const at = new Date('2027-06-01T02:00Z');
  const skips = new Map([['2027-06-01', 'Pancasila Day, calendar indonesia']]);
  const plan = (catchUp: CatchUp, decidedUntil: Date): FiringPlan => ({
    schedule: skipping({ cron: '0 9 * * *', timeZone: 'Asia/Jakarta' }, skips),
    prepareAheadMs: 0,
    catchUp,
    decidedUntil,
  });

  it('is noted with its reason, and the next one fires', () => {
    const decision = dueFirings(plan('latest', later(at, -HOUR)), at);
    expect(decision).toMatchObject({
      ...{ fire: [], skipped: [], decidedUntil: at },
      onSkippedDates: [{ at, reason: 'Pancasila Day, calendar indonesia' }],
    });
    expect(dueFirings(plan('latest', at), later(at, DAY))).toMatchObject({
      fire: [later(at, DAY)],
      onSkippedDates: [],
    });
  });

  it.each<CatchUp>(['skip', 'latest', 'all'])('is not made up for after an outage with %s', (catchUp) => {
    const { fire, skipped, onSkippedDates } = dueFirings(plan(catchUp, later(at, -HOUR)), later(at, 20 * HOUR));
    expect([...fire, ...skipped]).toEqual([]);
    expect(onSkippedDates.map((each) => each.at)).toEqual([at]);
  });

  const onItsDate = later(at, -HOUR);
  const missedFor = (days: number) => later(at, -days * DAY - HOUR);

  it.each<CatchUp>(['skip', 'latest'])(
    'lets nothing be made up for with %s, as another one comes before',
    (catchUp) => {
      expect(dueFirings(plan(catchUp, missedFor(2)), onItsDate)).toMatchObject({
        ...{ fire: [], skipped: [later(at, -2 * DAY), later(at, -DAY)] },
        skippedToday: 'Pancasila Day, calendar indonesia',
      });
    },
  );

  it('lets all be made up for that was missed before, and nothing on its date', () => {
    const { schedule } = plan('all', at);
    const { fire, skipped, onSkippedDates } = dueFirings(plan('all', missedFor(2)), later(at, HOUR));
    expect({ fire, skipped }).toEqual({ fire: [later(at, -2 * DAY), later(at, -DAY)], skipped: [] });
    expect(onSkippedDates.map((each) => each.at)).toEqual([at]);
    for (const missed of fire) expect(startOfFiring(schedule, missed, later(at, HOUR))).toEqual(later(at, DAY));
    // On any other date what is made up for starts at once, as its instant has passed.
    expect(startOfFiring(schedule, later(at, -DAY), later(at, -2 * HOUR - 12 * HOUR))).toEqual(later(at, -DAY));
  });

  it('lets the latest one be made up for, if no other comes before it would start', () => {
    const sparse = {
      ...plan('latest', missedFor(3)),
      schedule: skipping({ cron: '0 9 31 * *', timeZone: 'Asia/Jakarta' }, skips),
    };
    expect(dueFirings(sparse, onItsDate)).toMatchObject({ fire: [later(at, -DAY)], skipped: [] });
    expect(startOfFiring(sparse.schedule, later(at, -DAY), onItsDate)).toEqual(later(at, DAY));
    expect(dueFirings({ ...sparse, catchUp: 'skip' }, onItsDate)).toMatchObject({
      fire: [],
      skipped: [later(at, -DAY)],
    });
  });

  it('lets what was missed start at the same time of the day, also where the clock changes and dates follow each other', () => {
    const holidays = ['2027-03-27', '2027-03-28', '2027-03-29'].map((date) => [date, 'holiday'] as const);
    const schedule = skipping({ cron: '30 9 * * *', timeZone: 'Europe/Berlin' }, new Map(holidays));
    const missed = new Date('2027-03-26T08:30Z');
    for (const now of ['2027-03-26T23:00Z', '2027-03-27T12:00Z', '2027-03-29T20:00Z'])
      expect(startOfFiring(schedule, missed, new Date(now))).toEqual(new Date('2027-03-30T07:30Z'));
    // It was on time, but for a moment before midnight.
    const late = new Date('2027-03-26T22:59Z');
    expect(startOfFiring(schedule, late, new Date('2027-03-26T23:00:10Z'))).toEqual(new Date('2027-03-30T21:59Z'));
    const ahead = new Date('2027-03-30T07:30Z');
    expect(startOfFiring(schedule, ahead, new Date('2027-03-29T12:00Z'))).toEqual(ahead);
  });
});
