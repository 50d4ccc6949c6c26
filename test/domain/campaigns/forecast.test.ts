import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { batchSizes, forecast } from '../../../src/domain/campaigns/forecast.js';
import { batchCapacityOf, plainDelivery } from '../../../src/domain/delivery/delivery.js';
import { balanceLack } from '../../../src/domain/runs/balance.js';
import { tries } from '../../tries.js';

const now = new Date('2026-12-01T09:00:00Z');
const nothing = { run: [], portfolio: [] };

test('recipients are cut as the chunker cuts them: a small first batch, full ones, and the rest', () => {
  expect(batchSizes({ ...plainDelivery, first: 10 }, 2_500)).toEqual([10, 1_000, 1_000, 490]);
  expect(batchSizes({ ...plainDelivery, first: 10 }, 5)).toEqual([5]);
  expect(batchSizes(plainDelivery, 0)).toEqual([]);
  const sizes = fc.record({
    first: fc.option(fc.integer({ min: 1, max: 1_000 })),
    limit: fc.option(fc.integer({ min: 1, max: 5_000 })),
    recipients: fc.integer({ min: 0, max: 20_000 }),
  });
  fc.assert(
    fc.property(sizes, ({ first, limit, recipients }) => {
      const pace = limit === null ? null : { recipients: limit, durationMs: 1_000 };
      const delivery = { ...plainDelivery, first, pace };
      const cut = batchSizes(delivery, recipients);
      const whole = cut.reduce((sum, size) => sum + size, 0) === recipients;
      return whole && cut.every((size) => size > 0 && size <= batchCapacityOf(delivery));
    }),
    { numRuns: tries(200) },
  );
});

test('a forecast says at once, or when the first and the last start, and what is too late', () => {
  const at = { startAt: null, createdAt: now, skipMissed: false, isBegun: false, sizes: [1_000, 500], taken: nothing };
  expect(forecast({ ...at, delivery: plainDelivery }, now)).toMatchObject({
    files: 2,
    firstStartAt: null,
    limit: null,
  });
  const pace = { recipients: 1_000, durationMs: 3_600_000 };
  const late = { ...plainDelivery, pace, tooLateAfterMs: 1_800_000 };
  expect(forecast({ ...at, delivery: late }, now)).toMatchObject({
    firstStartAt: '2026-12-01T09:01:00.000Z',
    lastStartAt: '2026-12-01T10:01:00.000Z',
    ...{ limit: 'pace', tooLate: 500 },
  });
  expect(forecast({ ...at, sizes: [], delivery: late }, now)).toMatchObject({ files: 0, lastStartAt: null });
});

test('a forecast of a missed start that is to be skipped says that nobody is sent to', () => {
  const missed = { startAt: new Date('2026-12-01T08:54:59Z'), createdAt: now, sizes: [1_000, 500], taken: nothing };
  const run = { ...missed, delivery: plainDelivery, skipMissed: true, isBegun: false };
  const none = { files: 0, firstStartAt: null, lastStartAt: null, limit: null, tooLate: 1_500, taken: [] };
  expect(forecast(run, now)).toEqual(none);
  expect(forecast({ ...run, isBegun: true }, now)).toMatchObject({ files: 2, tooLate: 0 });
  expect(forecast({ ...run, skipMissed: false }, now)).toMatchObject({ files: 2, tooLate: 0 });
});

test('a balance lacks what the charge of the same name is above, and nothing that the answer does not tell', () => {
  // As in Qiscus's own example.
  const example = {
    current_balance: { credits: '0', free_session: 1000, quota: 857 },
    estimation_charge: { credit: 0, free_session: 1, quota: 0 },
  };
  expect(balanceLack(example)).toBeUndefined();
  expect(balanceLack({ ...example, estimation_charge: { credit: 2.5, free_session: 1, quota: 900 } })).toBe(
    "the next batch can't be paid: Qiscus estimates 2.5 credit of 0, 900 quota of 857",
  );
  for (const told of [
    {},
    { current_balance: null, estimation_charge: [] },
    { ...example, current_balance: { credits: 'many' } },
  ])
    expect(balanceLack(told)).toBeUndefined();
});
