import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  batchCapacityOf,
  type Delivery,
  type DeliveryRequest,
  isLimited,
  plainDelivery,
  readDelivery,
} from '../../../src/domain/delivery/delivery.js';
import { parseDelivery } from '../../../src/domain/delivery/stored-delivery.js';

const hours = 3_600_000;
const whole: DeliveryRequest = {
  channelId: 1234,
  pace: '2000/1h',
  window: '08:00-20:00',
  windowDays: 'mon-sat',
  timeZone: 'Asia/Jakarta',
  dailyLimit: 10_000,
  handOver: '2h',
  first: 100,
  tooLateAfter: '6h',
};
const wholeRead: Delivery = {
  channelId: 1234,
  pace: { recipients: 2000, durationMs: hours },
  window: { opensAt: 480, closesAt: 1200, days: [1, 2, 3, 4, 5, 6], timeZone: 'Asia/Jakarta' },
  dailyLimit: 10_000,
  handOverAheadMs: 2 * hours,
  first: 100,
  tooLateAfterMs: 6 * hours,
  individual: null,
};

describe('delivery settings', () => {
  it('are read in full, and are plain when nothing is asked for', () => {
    expect(readDelivery(whole)).toEqual({ delivery: wholeRead, faults: [] });
    expect(readDelivery({})).toEqual({ delivery: plainDelivery, faults: [] });
    expect(readDelivery({ handOver: 'at-once' })).toEqual({ delivery: plainDelivery, faults: [] });
  });

  it.each([
    ['00:00-24:00', 0, 1440],
    ['8:30-20:05', 510, 1205],
    ['22:00-06:00', 1320, 360],
    ['20:00-00:00', 1200, 0],
  ])('the window %s opens at minute %i and closes at minute %i of every day', (window, opensAt, closesAt) => {
    expect(readDelivery({ window, timeZone: 'UTC' })).toEqual({
      delivery: { ...plainDelivery, window: { opensAt, closesAt, days: [1, 2, 3, 4, 5, 6, 7], timeZone: 'UTC' } },
      faults: [],
    });
  });

  it.each([
    ['mon-fri', [1, 2, 3, 4, 5]],
    ['fri, Mon,wed', [1, 3, 5]],
    ['sat-mon', [1, 6, 7]],
    ['fri-wed', [1, 2, 3, 5, 6, 7]],
    ['tue-tue', [2]],
    ['mon-tue,sun,mon', [1, 2, 7]],
  ])('the days %j are %j', (windowDays, days) => {
    const { delivery, faults } = readDelivery({ ...whole, windowDays });
    expect(faults).toEqual([]);
    expect(delivery.window?.days).toEqual(days);
  });

  it.each<[DeliveryRequest, string]>([
    [{ pace: '0/1h' }, 'pace is "0/1h"; write recipients and a duration of at most 366d, such as 2000/1h.'],
    [{ pace: '2000' }, 'pace is "2000"; write'],
    [{ pace: '2000/0h' }, 'pace is "2000/0h"; write'],
    [{ pace: '2000/h' }, 'pace is "2000/h"; write'],
    [{ pace: '-5/1h' }, 'pace is "-5/1h"; write'],
    [{ pace: '2000/367d' }, 'pace is "2000/367d"; write'],
    [{ window: '8-20', timeZone: 'UTC' }, 'window is "8-20"; write when it opens and when it closes, such as'],
    [{ window: '08:00-08:00', timeZone: 'UTC' }, 'window is "08:00-08:00"; write'],
    [{ window: '24:00-08:00', timeZone: 'UTC' }, 'window is "24:00-08:00"; write'],
    [{ window: '08:00-24:01', timeZone: 'UTC' }, 'window is "08:00-24:01"; write'],
    [{ window: '08:60-20:00', timeZone: 'UTC' }, 'window is "08:60-20:00"; write'],
    [{ window: '08:00-20:00' }, 'window is "08:00-20:00" without timeZone; add a time zone such as Asia/Jakarta.'],
    [{ windowDays: 'mon-fri' }, 'windowDays is "mon-fri" without window; add a window such as 08:00-20:00.'],
    [{ ...whole, windowDays: '' }, 'windowDays is ""; write days such as mon-sat or mon,wed,fri.'],
    [{ ...whole, windowDays: 'mon-funday' }, 'windowDays is "mon-funday"; write'],
    [{ ...whole, windowDays: 'mon,,fri' }, 'windowDays is "mon,,fri"; write'],
    [{ ...whole, windowDays: 'mon-wed-fri' }, 'windowDays is "mon-wed-fri"; write'],
    [{ ...whole, timeZone: 'Bandung' }, 'timeZone: "Bandung" is no IANA time zone, such as Asia/Jakarta.'],
    [JSON.parse('{ "timeZone": 7 }'), 'timeZone: number is no IANA time zone, such as Asia/Jakarta.'],
    [{ dailyLimit: 0 }, 'dailyLimit is 0; write a whole number of recipients from 1 up'],
    [{ dailyLimit: 1.5 }, 'dailyLimit is 1.5; write'],
    [{ dailyLimit: Number.NaN }, 'dailyLimit is NaN; write'],
    [{ channelId: 0 }, "channelId is 0; write a channel's id, a whole number from 1 up such as 1234."],
    [{ channelId: 2 ** 31 }, 'channelId is 2147****48; write'],
    [{ handOver: 'later' }, 'handOver is "later"; write at-once, or how long ahead, at most 366d, such as 2h.'],
    [{ first: 0 }, 'first is 0; write a whole number from 1 to 1000, such as 100.'],
    [{ first: 1001 }, 'first is 1001; write'],
    [{ tooLateAfter: '0s' }, 'tooLateAfter is "0s"; write a duration above 0 and at most 366d, such as 6h.'],
    [{ tooLateAfter: 'never' }, 'tooLateAfter is "never"; write'],
    [JSON.parse('{ "pace": 2000 }'), 'pace is 2000; write'],
    [JSON.parse('{ "channelId": "1234" }'), 'channelId is "1234"; write'],
    [JSON.parse('{ "first": null }'), 'first is null; write'],
    [JSON.parse('{ "handOver": { "ahead": 1 } }'), 'handOver is an object; write'],
  ])('%j has one fault', (request, beginning) => {
    const { delivery, faults } = readDelivery(request);
    expect(faults).toEqual([expect.stringContaining(beginning)]);
    expect(faults[0]).toMatch(/^\w+( is .*; (write|add) |: ).*\.$/);
    expect(() => parseDelivery(JSON.parse(JSON.stringify(delivery)))).not.toThrow(/window|pace|first|Ms/);
  });

  it('name every fault, and show neither numbers nor long texts in full', () => {
    const { faults } = readDelivery({ pace: '+62 815-2797-5868', windowDays: 'x'.repeat(300), first: 0 });
    expect(faults).toHaveLength(4);
    expect(faults.join(' ')).not.toMatch(/2797|x{50}/);
  });

  it('are limited by a pace, a window or a daily limit', () => {
    expect(isLimited(plainDelivery)).toBe(false);
    expect(isLimited(readDelivery({ channelId: 1, first: 1, handOver: '2h', tooLateAfter: '1h' }).delivery)).toBe(
      false,
    );
    expect(isLimited({ ...plainDelivery, pace: wholeRead.pace })).toBe(true);
    expect(isLimited({ ...plainDelivery, window: wholeRead.window })).toBe(true);
    expect(isLimited({ ...plainDelivery, dailyLimit: 5 })).toBe(true);
  });
});

describe('stored settings with a time zone that is refused by now', () => {
  it.each(['Etc/GMT-7', 'IST', 'EST'])('are still read: %s', (timeZone) => {
    const stored = { ...wholeRead, window: { ...wholeRead.window, timeZone } };
    expect(parseDelivery(stored).window?.timeZone).toBe(timeZone);
  });
});

describe('the capacity of a batch', () => {
  it.each([
    [1, 1],
    [250, 250],
    [1000, 1000],
    [1001, 500],
    [1500, 750],
    [2000, 1000],
    [2500, 833],
    [10_000, 1000],
  ])('divides a limit of %i evenly: %i', (limit, capacity) => {
    expect(batchCapacityOf({ ...plainDelivery, channelId: 1, dailyLimit: limit })).toBe(capacity);
    expect(batchCapacityOf({ ...plainDelivery, pace: { recipients: limit, durationMs: 1 } })).toBe(capacity);
  });

  it('is the least over the limits, and a full file without any', () => {
    expect(batchCapacityOf(plainDelivery)).toBe(1000);
    const pace = { recipients: 1500, durationMs: hours };
    expect(batchCapacityOf({ ...plainDelivery, channelId: 1, pace, dailyLimit: 2500 })).toBe(750);
    expect(batchCapacityOf({ ...plainDelivery, channelId: 1, pace, dailyLimit: 250 })).toBe(250);
  });
});

describe('stored delivery settings', () => {
  it('are the same text again, whatever the order of their keys', () => {
    const written = fc.record<DeliveryRequest>(
      {
        channelId: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
        pace: fc.constantFrom('1/1ms', '2000/1h'),
        window: fc.constantFrom('08:00-20:00', '22:00-06:00'),
        windowDays: fc.constantFrom('mon', 'sat-mon'),
        timeZone: fc.constantFrom('UTC', 'Asia/Jakarta'),
        dailyLimit: fc.integer({ min: 1 }),
        handOver: fc.constantFrom('at-once', '0s', '2h'),
        first: fc.integer({ min: 1, max: 1000 }),
        tooLateAfter: fc.constantFrom('1ms', '6h'),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(written, fc.infiniteStream(fc.nat()), (request, order) => {
        const { delivery, faults } = readDelivery(request);
        fc.pre(faults.length === 0);
        const stored = JSON.stringify(delivery);
        expect(JSON.stringify(parseDelivery(shuffled(JSON.parse(stored), order)))).toBe(stored);
      }),
    );
    expect(JSON.stringify(wholeRead)).toBe(JSON.stringify(readDelivery(whole).delivery));
  });

  it('lack what wasn’t thought of when they were stored', () => {
    expect(parseDelivery({})).toEqual(plainDelivery);
    expect(parseDelivery({ first: 5 })).toEqual({ ...plainDelivery, first: 5 });
  });

  it.each<[unknown, string]>([
    [null, 'delivery is null'],
    ['2000/1h', 'delivery is "2000/1h"'],
    [[], 'delivery is a list'],
    [{ monthlyLimit: 5 }, 'delivery."monthlyLimit" is 5'],
    [{ pace: '2000/1h' }, 'pace is "2000/1h"'],
    [{ pace: { recipients: 0, durationMs: 1 } }, 'pace.recipients is 0'],
    [{ pace: { recipients: 1 } }, 'pace.durationMs is undefined'],
    [{ ...wholeRead, window: { ...wholeRead.window, opensAt: 1440 } }, 'window.opensAt is 1440'],
    [{ ...wholeRead, window: { ...wholeRead.window, closesAt: 480 } }, 'window.closesAt is 480'],
    [{ ...wholeRead, window: { ...wholeRead.window, days: [] } }, 'window.days is a list'],
    [{ ...wholeRead, window: { ...wholeRead.window, days: [8] } }, 'window.days is 8'],
    [{ ...wholeRead, window: { ...wholeRead.window, timeZone: 'Bandung' } }, 'window.timeZone is "Bandung"'],
    [{ channelId: 2 ** 31 }, 'channelId is 2147****48'],
    [{ handOverAheadMs: -1 }, 'handOverAheadMs is -1'],
    [{ first: 1001 }, 'first is 1001'],
    [{ tooLateAfterMs: 0 }, 'tooLateAfterMs is 0'],
  ])('%j is refused', (json, reason) => {
    expect(() => parseDelivery(json)).toThrow(`The stored delivery settings make no sense: ${reason}.`);
  });
});

function shuffled(value: unknown, order: Iterator<number>): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]) => ({ key, inner: shuffled(inner, order), rank: Number(order.next().value) }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ key, inner }) => [key, inner]),
  );
}
