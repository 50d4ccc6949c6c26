import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { NumberSet } from '../../../src/domain/numbers/number-set.js';

test('knows each number that was added, and no other, also beyond its first size and for numbers alike', () => {
  const digits = fc.oneof(
    fc.bigInt({ min: 1n, max: 999_999_999_999_999n }).map(String),
    fc.integer({ min: 0, max: 20_000 }).map((index) => `62812${String(10_000_000 + index)}`),
    // Far apart and alike in their lower 32 bits.
    fc.integer({ min: 1, max: 1_000 }).map((factor) => String(factor * 2 ** 32 + 5)),
  );
  fc.assert(
    fc.property(fc.array(digits, { maxLength: 6_000, size: 'max' }), (numbers) => {
      const [set, known] = [new NumberSet(), new Set<string>()];
      for (const number of numbers) {
        if (set.add(number) === known.has(number)) return false;
        known.add(number);
      }
      return set.size === known.size;
    }),
    { numRuns: 20 },
  );
});

test('tells 300,000 numbers that follow each other apart', () => {
  const set = new NumberSet();
  for (let index = 0; index < 300_000; index += 1) set.add(String(628_120_000_000 + index));
  expect(set.size).toBe(300_000);
  for (let index = 0; index < 300_000; index += 1)
    if (set.add(String(628_120_000_000 + index))) throw new Error(`${index} was new`);
});
