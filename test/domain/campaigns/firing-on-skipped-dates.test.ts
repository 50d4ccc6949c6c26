import { describe, expect, it } from '@jest/globals';
import { type CatchUp, dueFirings, type FiringPlan } from '../../../src/domain/campaigns/firing.js';
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

  it.each<CatchUp>(['skip', 'latest', 'all'])(
    'lets nothing be made up for on its date with %s, as that would message people on it',
    (catchUp) => {
      const decision = dueFirings(plan(catchUp, later(at, -2 * DAY - HOUR)), later(at, -HOUR));
      expect(decision).toMatchObject({
        ...{ fire: [], skipped: [later(at, -2 * DAY), later(at, -DAY)] },
        skippedToday: 'Pancasila Day, calendar indonesia',
      });
    },
  );
});
