import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Delivery, type Pace, plainDelivery, type SendingWindow } from '../../../src/domain/runs/delivery.js';
import {
  findSlot,
  planSlots,
  type StartSlot,
  type Taken,
  type TakenSlots,
} from '../../../src/domain/timing/start-slot.js';
import { isOpenByTheClock } from '../../support/wall-clock.js';

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;
const nothing: TakenSlots = { run: [], portfolio: [] };
const byDay: SendingWindow = { opensAt: 480, closesAt: 1200, days: [1, 2, 3, 4, 5, 6, 7], timeZone: 'Asia/Jakarta' };
const nineInJakarta = new Date('2026-12-01T02:00:00Z');

function limitedTo(limits: Partial<Delivery>): Delivery {
  return { ...plainDelivery, ...limits };
}

function startsOf(slots: readonly StartSlot[]): string[] {
  return slots.map(({ at }) => at.toISOString().replace(':00.000Z', 'Z'));
}

function taking(slots: readonly StartSlot[], sizes: readonly number[]): Taken[] {
  return slots.map(({ at }, index) => ({ at: +at, recipients: sizes[index] ?? Number.NaN }));
}

function together(...lists: (readonly Taken[])[]): Taken[] {
  return lists.flat().sort((a, b) => a.at - b.at);
}

/** The most that start in any stretch; one that begins with a batch is never less full than those that begin between. */
function fullest(taken: readonly Taken[], durationMs: number): number {
  return Math.max(
    0,
    ...taken.map(({ at }) =>
      taken.reduce((sum, each) => sum + (each.at >= at && each.at < at + durationMs ? each.recipients : 0), 0),
    ),
  );
}

/** What a slot has to satisfy, in the plainest words. */
function isAllowed(delivery: Delivery, { run, portfolio }: TakenSlots, at: number, recipients: number): boolean {
  const { window, pace, dailyLimit } = delivery;
  const slot = { at, recipients };
  const near = (taken: readonly Taken[], ms: number) => taken.filter((each) => Math.abs(each.at - at) < ms);
  if (dailyLimit !== null && fullest([...near(portfolio, dayMs), slot], dayMs) > dailyLimit) return false;
  if (pace && fullest([...near(run, pace.durationMs), slot], pace.durationMs) > pace.recipients) return false;
  const isStaggered = (each: Taken, { recipients, durationMs }: Pace) => {
    const [earlier, later] = each.at <= at ? [each, slot] : [slot, each];
    return later.at - earlier.at >= (durationMs * earlier.recipients) / recipients;
  };
  if (pace && !run.every((each) => isStaggered(each, pace))) return false;
  return window === null || isOpenByTheClock(window, at);
}

describe('a batch', () => {
  it('without limits, or with room, starts when it is wanted', () => {
    expect(findSlot(plainDelivery, nothing, nineInJakarta, 1000)).toEqual({ at: nineInJakarta, movedBy: null });
    const delivery = limitedTo({ window: byDay, pace: { recipients: 2000, durationMs: hourMs }, dailyLimit: 10_000 });
    expect(findSlot(delivery, nothing, nineInJakarta, 1000)).toEqual({ at: nineInJakarta, movedBy: null });
  });

  it('is moved by what pushes it furthest', () => {
    const delivery = limitedTo({ window: byDay, pace: { recipients: 2000, durationMs: hourMs }, dailyLimit: 1000 });
    const earlier = { at: +nineInJakarta, recipients: 1000 };
    const night = new Date('2026-12-01T13:00:00Z');
    expect(findSlot(delivery, nothing, night, 1000)).toEqual({
      at: new Date('2026-12-02T01:00:00Z'),
      movedBy: 'window',
    });
    expect(findSlot(delivery, { run: [earlier], portfolio: [] }, nineInJakarta, 1000)).toEqual({
      at: new Date('2026-12-01T02:30:00Z'),
      movedBy: 'pace',
    });
    expect(findSlot(delivery, { run: [earlier], portfolio: [earlier] }, nineInJakarta, 1000)).toEqual({
      at: new Date('2026-12-02T02:00:00Z'),
      movedBy: 'dailyLimit',
    });
  });

  it('at 2000 an hour follows the one before it after half an hour', () => {
    const delivery = limitedTo({ pace: { recipients: 2000, durationMs: hourMs } });
    expect(startsOf(planSlots(delivery, nothing, nineInJakarta, [1000, 1000, 500, 1000, 1000]))).toEqual([
      '2026-12-01T02:00Z',
      '2026-12-01T02:30Z',
      '2026-12-01T03:00Z',
      // 15 minutes after the 500, three batches would start within the hour from 02:30 on.
      '2026-12-01T03:30Z',
      '2026-12-01T04:00Z',
    ]);
  });

  it('leaves room for what starts later already, and uses the room before it', () => {
    const later = [{ at: +nineInJakarta + 12 * hourMs, recipients: 900 }];
    const delivery = limitedTo({ dailyLimit: 1000 });
    expect(+findSlot(delivery, { run: [], portfolio: later }, nineInJakarta, 100).at).toBe(+nineInJakarta);
    expect(+findSlot(delivery, { run: [], portfolio: later }, nineInJakarta, 101).at).toBe(
      +nineInJakarta + 36 * hourMs,
    );
  });

  it('may start exactly a day before or after another, and not a millisecond nearer', () => {
    const among = (ms: number) => ({ run: [], portfolio: [{ at: +nineInJakarta + ms, recipients: 1 }] });
    const startsAfter = (ms: number) =>
      +findSlot(limitedTo({ dailyLimit: 1 }), among(ms), nineInJakarta, 1).at - +nineInJakarta;
    expect([-dayMs, -dayMs + 1, dayMs, dayMs - 1].map(startsAfter)).toEqual([0, 1, 0, 2 * dayMs - 1]);
  });

  it('larger than a limit starts with nothing else near it, and the next one after it', () => {
    const pace = { recipients: 100, durationMs: hourMs };
    for (const delivery of [limitedTo({ pace }), limitedTo({ dailyLimit: 100 })]) {
      const stretch = delivery.pace ? hourMs : dayMs;
      const slots = planSlots(delivery, nothing, nineInJakarta, [1000, 1, 1000, 1000]);
      expect(slots.map(({ at }) => (+at - +nineInJakarta) / stretch)).toEqual([0, 1, 2, 3]);
    }
  });

  it('starts on a whole millisecond where the pace doesn’t divide', () => {
    const delivery = limitedTo({ pace: { recipients: 3, durationMs: 10 } });
    const slots = planSlots(delivery, nothing, new Date(0), [1, 1, 1, 1, 1]);
    expect(slots.map(({ at }) => +at)).toEqual([0, 4, 8, 12, 16]);
  });
});

describe('slots among those taken', () => {
  const wanted = Date.parse('2026-10-24T10:00Z');
  /** On a grid of minutes, with durations and sizes that leave it nowhere, near Berlin's change to winter time. */
  const deliveries = fc
    .record({
      pace: fc.option(
        fc.record({
          recipients: fc.constantFrom(1, 2, 4, 5, 10),
          durationMs: fc.constantFrom(20, 60, 300).map((m) => m * minuteMs),
        }),
      ),
      window: fc.option(
        fc
          .record({
            opensAt: fc.integer({ min: 0, max: 23 }).map((hour) => hour * 60),
            closesAt: fc.integer({ min: 0, max: 48 }).map((half) => half * 30),
            days: fc.subarray([1, 2, 3, 4, 5, 6, 7], { minLength: 4 }),
            timeZone: fc.constantFrom('Asia/Jakarta', 'Europe/Berlin', 'Asia/Kathmandu'),
          })
          .filter(({ opensAt, closesAt }) => opensAt !== closesAt),
      ),
      dailyLimit: fc.option(fc.integer({ min: 1, max: 12 })),
    })
    .map(limitedTo);
  const candidates = (most: number) =>
    fc.array(
      fc.record({
        at: fc.integer({ min: -2000, max: 3000 }).map((m) => wanted + m * minuteMs),
        recipients: fc.integer({ min: 1, max: 5 }),
      }),
      { maxLength: most },
    );
  const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 8 });

  /** Only what respects the limits: some of the run and so of its portfolio too, some of other runs. */
  function takenOf(delivery: Delivery, own: readonly Taken[], others: readonly Taken[]): TakenSlots {
    const anyTime = { ...delivery, window: null };
    let taken: TakenSlots = nothing;
    for (const slot of own) {
      if (!isAllowed(anyTime, taken, slot.at, slot.recipients)) continue;
      taken = { run: together(taken.run, [slot]), portfolio: together(taken.portfolio, [slot]) };
    }
    for (const slot of others) {
      if (!isAllowed({ ...anyTime, pace: null }, taken, slot.at, slot.recipients)) continue;
      taken = { run: taken.run, portfolio: together(taken.portfolio, [slot]) };
    }
    return taken;
  }

  it('break no limit in any stretch, and are never outside the window', () => {
    fc.assert(
      fc.property(deliveries, candidates(12), candidates(12), sizes, (delivery, own, others, wishes) => {
        const { pace, window, dailyLimit } = delivery;
        const fitting = wishes.map((size) => Math.min(size, pace?.recipients ?? size, dailyLimit ?? size));
        const taken = takenOf(delivery, own, others);
        const planned = taking(planSlots(delivery, taken, new Date(wanted), fitting), fitting);
        if (pace) {
          expect(fullest([...taken.run, ...planned], pace.durationMs)).toBeLessThanOrEqual(pace.recipients);
        }
        if (dailyLimit) expect(fullest([...taken.portfolio, ...planned], dayMs)).toBeLessThanOrEqual(dailyLimit);
        for (const { at } of planned) {
          expect(at).toBeGreaterThanOrEqual(wanted);
          if (window) expect([new Date(at), isOpenByTheClock(window, at)]).toEqual([new Date(at), true]);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('are each the first minute that all limits allow', () => {
    fc.assert(
      fc.property(deliveries, candidates(10), candidates(10), sizes, (delivery, own, others, wishes) => {
        // The hours that a window forgoes around a change of the clock are the window's own tests' concern.
        fc.pre(delivery.window?.timeZone !== 'Europe/Berlin');
        let taken = takenOf(delivery, own, others);
        for (const wish of wishes.slice(0, 3)) {
          const size = Math.min(wish, delivery.pace?.recipients ?? wish, delivery.dailyLimit ?? wish);
          const { at, movedBy } = findSlot(delivery, taken, new Date(wanted), size);
          let first = wanted;
          while (first < +at && !isAllowed(delivery, taken, first, size)) first += minuteMs;
          expect([at, isAllowed(delivery, taken, +at, size)]).toEqual([new Date(first), true]);
          expect(movedBy === null).toBe(+at === wanted);
          const slot = { at: +at, recipients: size };
          taken = { run: together(taken.run, [slot]), portfolio: together(taken.portfolio, [slot]) };
        }
      }),
      { numRuns: 100 },
    );
  });

  it('are the same each time, found one by one or together, and leave what was taken as it was', () => {
    fc.assert(
      fc.property(deliveries, candidates(8), candidates(8), sizes, (delivery, own, others, wishes) => {
        let taken = takenOf(delivery, own, others);
        const before = JSON.stringify(taken);
        const planned = planSlots(delivery, taken, new Date(wanted), wishes);
        expect(JSON.stringify(taken)).toBe(before);
        expect(planSlots(delivery, taken, new Date(wanted), wishes)).toEqual(planned);
        wishes.forEach((recipients, index) => {
          const slot = findSlot(delivery, taken, new Date(wanted), recipients);
          expect(slot.at).toEqual(planned[index]?.at);
          expect(slot.movedBy === null).toBe(planned[index]?.movedBy === null);
          const taking = { at: +slot.at, recipients };
          taken = { run: together(taken.run, [taking]), portfolio: together(taken.portfolio, [taking]) };
        });
      }),
      { numRuns: 300 },
    );
  });

  it('are found even if those taken break the limits, or the batches are larger than they are', () => {
    fc.assert(
      fc.property(deliveries, candidates(30), sizes, (delivery, own, wishes) => {
        const taken = { run: together(own), portfolio: together(own) };
        for (const { at } of planSlots(delivery, taken, new Date(wanted), wishes)) {
          expect(+at).toBeGreaterThanOrEqual(wanted);
          expect(+at).toBeLessThan(wanted + 100 * dayMs);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('50,000 recipients at 10,000 a day between 08:00 and 20:00 in Jakarta, from 09:00 on', () => {
  const delivery = limitedTo({ window: byDay, dailyLimit: 10_000 });
  const batches: number[] = Array.from({ length: 50 }, () => 1000);

  function expectWithin(planned: readonly Taken[], others: readonly Taken[] = []): void {
    expect(planned.filter(({ at }) => !isOpenByTheClock(byDay, at))).toEqual([]);
    expect(fullest([...planned, ...others], dayMs)).toBeLessThanOrEqual(10_000);
  }

  it('are ten batches at 09:00 on each of five days', () => {
    const slots = planSlots(delivery, nothing, nineInJakarta, batches);
    expectWithin(taking(slots, batches));
    expect(startsOf(slots)).toEqual(
      [1, 2, 3, 4, 5].flatMap((day) => Array.from({ length: 10 }, () => `2026-12-0${day}T02:00Z`)),
    );
  });

  it('are ten batches, half an hour apart, on each of five days at 2000 an hour', () => {
    const pace = { recipients: 2000, durationMs: hourMs };
    const slots = planSlots({ ...delivery, pace }, nothing, nineInJakarta, batches);
    const planned = taking(slots, batches);
    expectWithin(planned);
    expect(fullest(planned, hourMs)).toBe(2000);
    expect(startsOf(slots.slice(0, 11))).toEqual([
      ...[2, 3, 4, 5, 6].flatMap((hour) => [`2026-12-01T0${hour}:00Z`, `2026-12-01T0${hour}:30Z`]),
      '2026-12-02T02:00Z',
    ]);
    expect(startsOf(slots).at(-1)).toBe('2026-12-05T06:30Z');
  });

  it('keep to the limits with odd sizes in any order, among other runs of the portfolio', () => {
    const oddSizes = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 50, maxLength: 90 });
    const elsewhere = fc.array(
      fc.record({ at: fc.integer({ min: -2 * dayMs, max: 5 * dayMs }), recipients: fc.integer({ min: 1, max: 1000 }) }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(oddSizes, elsewhere, fc.boolean(), (odd, found, paced) => {
        let others: Taken[] = [];
        for (const each of found) {
          const more = together(others, [{ ...each, at: each.at + +nineInJakarta }]);
          if (fullest(more, dayMs) <= 10_000) others = more;
        }
        const pace = paced ? { recipients: 2000, durationMs: hourMs } : null;
        const slots = planSlots({ ...delivery, pace }, { run: [], portfolio: others }, nineInJakarta, odd);
        const planned = taking(slots, odd);
        expectWithin(planned, others);
        if (pace) expect(fullest(planned, hourMs)).toBeLessThanOrEqual(2000);
      }),
      { numRuns: 100 },
    );
  });
});

it('a plan of 10,000 slots is soon found', () => {
  const pace = { recipients: 2000, durationMs: hourMs };
  const seldom = { ...byDay, days: [1, 3], timeZone: 'Europe/Berlin' };
  const began = performance.now();
  for (const [limits, size] of [
    [{ window: byDay, dailyLimit: 10_000 }, 1000],
    [{ window: byDay, pace, dailyLimit: 10_000 }, 1000],
    [{ window: seldom, pace, dailyLimit: 9999 }, 333],
  ] as const) {
    const sizes = Array.from({ length: 10_000 }, () => size);
    expect(planSlots(limitedTo(limits), nothing, nineInJakarta, sizes)).toHaveLength(10_000);
  }
  // A fraction of a second on a quiet machine; searching each from the beginning takes more than a minute here.
  expect(performance.now() - began).toBeLessThan(15_000);
});
