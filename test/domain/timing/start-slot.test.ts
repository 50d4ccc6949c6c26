import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { plainDelivery } from '../../../src/domain/delivery/delivery.js';
import { findSlot, planSlots, type Taken } from '../../../src/domain/timing/start-slot.js';
import { isOpenByTheClock } from '../../support/wall-clock.js';
import { tries } from '../../tries.js';
import {
  byDay,
  dayMs,
  fullest,
  hourMs,
  limitedTo,
  nineInJakarta,
  nothing,
  startsOf,
  taking,
  together,
} from './slots.js';

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
      { numRuns: tries(100) },
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
