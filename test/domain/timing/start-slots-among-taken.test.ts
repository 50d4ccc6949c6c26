import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Delivery } from '../../../src/domain/delivery/delivery.js';
import { findSlot, planSlots, type Taken, type TakenSlots } from '../../../src/domain/timing/start-slot.js';
import { isOpenByTheClock } from '../../support/wall-clock.js';
import { tries } from '../../tries.js';
import { dayMs, fullest, isAllowed, limitedTo, minuteMs, nothing, taking, together } from './slots.js';

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
      { numRuns: tries(1000) },
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
      { numRuns: tries(100) },
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
      { numRuns: tries(300) },
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
      { numRuns: tries(500) },
    );
  });
});
