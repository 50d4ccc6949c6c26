import { expect, test } from '@jest/globals';
import { dueFirings } from '../../../src/domain/campaigns/firing.js';
import { batchSizes } from '../../../src/domain/campaigns/forecast.js';
import { type DeliveryRequest, readDelivery } from '../../../src/domain/delivery/delivery.js';
import { withoutSkips } from '../../../src/domain/schedules/schedule.js';
import { decideStart } from '../../../src/domain/timing/batch-start.js';
import type { Taken } from '../../../src/domain/timing/start-slot.js';
import { wallClockOf } from '../../support/wall-clock.js';

const hour = 3_600_000;
const day = 24 * hour;
const first = Date.UTC(2027, 0, 1);

type Campaign = {
  name: string;
  cron: string;
  timeZone: string;
  recipients: number;
  limits: DeliveryRequest;
  /** What a clock in its zone shows when its batches start, for a date on which it fires. */
  fires: (date: string) => boolean;
  starts: (date: string) => string[];
};

const newYork = 'America/New_York';
const campaigns: Campaign[] = [
  {
    name: 'daily, before the window opens',
    ...{ cron: '30 2 * * *', timeZone: newYork, recipients: 1_500 },
    limits: { window: '08:00-20:00' },
    fires: () => true,
    starts: (date) => [`${date} 08:00`, `${date} 08:00`],
  },
  {
    name: 'weekly, at a pace that runs into the night',
    ...{ cron: '0 18 * * mon', timeZone: 'Europe/Berlin', recipients: 3_500 },
    limits: { pace: '1000/1h', window: '08:00-20:00' },
    fires: (date) => new Date(date).getUTCDay() === 1,
    starts: (date) => [`${date} 18:00`, `${date} 19:00`, `${dayAfter(date)} 08:00`, `${dayAfter(date)} 09:00`],
  },
  {
    name: 'monthly, over a daily limit',
    ...{ cron: '0 9 1 * *', timeZone: 'Asia/Jakarta', recipients: 4_000 },
    limits: { dailyLimit: 2_000 },
    fires: (date) => date.endsWith('-01'),
    starts: (date) => [date, date, dayAfter(date), dayAfter(date)].map((at) => `${at} 09:00`),
  },
];

function dayAfter(date: string): string {
  return new Date(new Date(date).getTime() + day).toISOString().slice(0, 10);
}

/** A year of a clock that is looked at every hour, with what a tick decides and what handing over then reserves. */
function play({ cron, timeZone, recipients, limits }: Campaign): { at: string; starts: string[] }[] {
  const { delivery, faults } = readDelivery({ ...limits, timeZone });
  expect(faults).toEqual([]);
  const runs: { at: string; starts: string[] }[] = [];
  const portfolio: Taken[] = [];
  let decidedUntil = new Date(first - 1);
  for (let now = new Date(first - hour); now.getTime() < first + 365 * day; now = new Date(now.getTime() + hour)) {
    const plan = {
      schedule: withoutSkips({ cron, timeZone }),
      prepareAheadMs: hour,
      catchUp: 'skip' as const,
      decidedUntil,
    };
    const due = dueFirings(plan, now);
    decidedUntil = due.decidedUntil;
    expect(due.skipped).toEqual([]);
    for (const startAt of due.fire) {
      const run: Taken[] = [];
      const starts = batchSizes(delivery, recipients).map((size) => {
        const batch = {
          recipients: size,
          startAt,
          closedAt: now,
          delivery,
          mayBeLate: false,
          skipMissed: false,
          isBegun: false,
        };
        const decision = decideStart(batch, { run, portfolio }, now);
        if (decision.kind !== 'start' || decision.startedAt === null) throw new Error(`not started: ${decision.kind}`);
        const place = { at: decision.startedAt.getTime(), recipients: size };
        for (const places of [run, portfolio]) places.push(place);
        for (const places of [run, portfolio]) places.sort((a, b) => a.at - b.at);
        return decision.startedAt;
      });
      runs.push({ at: wallClockOf(startAt, timeZone), starts: starts.map((at) => wallClockOf(at, timeZone)) });
    }
  }
  return runs;
}

test.each(campaigns)('$name, through a year with its two changes of the clock', (campaign) => {
  const dates = Array.from({ length: 365 }, (_, at) => new Date(first + at * day).toISOString().slice(0, 10));
  const runs = play(campaign);
  const wanted = dates.filter(campaign.fires);
  const seen = runs.filter(({ at }) => at.startsWith('2027'));
  expect(seen.map(({ at }) => at.slice(0, 10))).toEqual(wanted);
  expect(seen.map(({ starts }) => [...starts].sort())).toEqual(wanted.map((date) => [...campaign.starts(date)].sort()));
});
