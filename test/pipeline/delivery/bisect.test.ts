import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bisect, type Verdict } from '../../../src/pipeline/delivery/bisect.js';
import { tries } from '../../tries.js';

/** A provider that refuses a file with any of these rows, and counts how often it was asked. */
function provider(bad: ReadonlySet<number>, words: (rows: readonly number[]) => string) {
  let asked = 0;
  const ask = async (rows: readonly number[]): Promise<Verdict> => {
    asked += 1;
    return rows.some((row) => bad.has(row)) ? { accepted: false, words: words(rows) } : { accepted: true };
  };
  return { ask, asked: () => asked };
}

const rows = Array.from({ length: 1_000 }, (_, at) => at);
const namesRow = (bad: ReadonlySet<number>) => (part: readonly number[]) =>
  `bad row ${part.find((row) => bad.has(row))}`;

test('one bad row among a thousand is found within the uploads that one file is worth', async () => {
  for (const at of [0, 1, 499, 500, 998, 999]) {
    const { ask, asked } = provider(new Set([at]), () => 'bad variable');
    const found = await bisect(rows, 'bad variable', ask, 22);
    expect(found.bad).toEqual([at]);
    expect(found.good).toHaveLength(999);
    expect(asked()).toBeLessThanOrEqual(22);
  }
});

test('when both halves are refused alike it is the template: nothing more is asked', async () => {
  const { ask, asked } = provider(new Set(rows), () => 'template was paused');
  expect(await bisect(rows, 'template was paused', ask, 22)).toEqual({
    good: [],
    bad: rows,
    words: 'template was paused',
  });
  expect(asked()).toBe(2);
});

test('however many rows are bad, no bad row is called good, none is lost, and the uploads are bounded', async () => {
  const sizes = fc.integer({ min: 1, max: 300 });
  await fc.assert(
    fc.asyncProperty(sizes, fc.array(fc.nat(299)), fc.integer({ min: 0, max: 30 }), async (size, badRows, tries) => {
      const part = rows.slice(0, size);
      const bad = new Set(badRows.filter((row) => row < size));
      fc.pre(bad.size > 0);
      const { ask, asked } = provider(bad, namesRow(bad));
      const found = await bisect(part, 'refused', ask, tries);
      expect(asked()).toBeLessThanOrEqual(tries);
      expect(found.good.filter((row) => bad.has(row))).toEqual([]);
      expect([...found.good, ...found.bad].sort((a, b) => a - b)).toEqual(part);
    }),
    { numRuns: tries(300) },
  );
});
