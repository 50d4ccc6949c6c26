import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readLines, writeLine } from '../../../src/domain/recipients/recipient.js';
import { largestFileBytes, lineBytes } from '../../../src/domain/runs/file-bytes.js';
import { Filling, newBatch } from '../../../src/domain/runs/filling.js';
import { broadcastCsv } from '../../../src/qiscus/broadcast-csv.js';
import { phoneNumber } from '../../support/rig.js';
import { tries } from '../../tries.js';

const line = (at: number, value: string) => writeLine([phoneNumber(at), value]);

function fill(lines: readonly string[], mostBytes: number, current = newBatch(1)) {
  const filling = new Filling(
    current,
    { known: [], suppressed: new Set() },
    { recipientsOf: () => 1_000, bytes: mostBytes },
  );
  filling.take(lines);
  return filling;
}

test('a batch is closed before it would have more bytes than a file may have, wherever it was begun', () => {
  const lines = Array.from({ length: 10 }, (_, at) => line(at, 'x'.repeat(100)));
  const each = lineBytes(lines[0] ?? '');
  const filling = fill(lines, 3 * each);
  expect(filling.touched().map(({ size, bytes, closed }) => ({ size, bytes, closed }))).toEqual([
    ...Array(3).fill({ size: 3, bytes: 3 * each, closed: true }),
    { size: 1, bytes: each, closed: false },
  ]);
  // What stands in the open batch counts.
  const begun = { ...newBatch(4), size: 2, bytes: 2 * each + 1 };
  expect(
    fill(lines.slice(0, 2), 3 * each, begun)
      .touched()
      .map(({ number, size }) => [number, size]),
  ).toEqual([
    [4, 2],
    [5, 2],
  ]);
});

test('a row that is as large as any has a batch of its own, and is never left out', () => {
  const lines = [line(1, 'x'), line(2, 'x'.repeat(500)), line(3, 'x')];
  expect(
    fill(lines, 400)
      .touched()
      .map(({ size }) => size),
  ).toEqual([1, 1, 1]);
});

test('a block of which nothing is left out is filled as row by row, wherever batches begin and end', () => {
  const leavingOut = { known: [], suppressed: new Set<string>() };
  const filled = (leftOut: typeof leavingOut | undefined, begun: number, most: [number, number], blocks: string[]) => {
    const [recipients, bytes] = most;
    const capacity = { recipientsOf: (number: number) => (number === 3 ? 2 : recipients), bytes };
    const size = Math.min(begun, recipients - 1);
    const filling = new Filling({ ...newBatch(3), size, bytes: size * 30 }, leftOut, capacity);
    const taken = blocks.map((block) => filling.takeBlock(block));
    const rows = filling.added.map(({ lines, ...place }) => ({ ...place, lines: lines.join('\n').split('\n') }));
    return { taken, rows, touched: filling.touched(), current: filling.current, dropped: filling.dropped };
  };
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.string({ unit: 'grapheme', maxLength: 12 }), { minLength: 1, maxLength: 9 }), {
        maxLength: 5,
      }),
      fc.nat(9),
      fc.tuple(fc.integer({ min: 1, max: 10 }), fc.constantFrom(1, 60, 100, 200, 1_000, 1_000_000)),
      (values, begun, most) => {
        let at = 0;
        const blocks = values.map((block) => block.map((value) => line(at++, value)).join('\n'));
        const whole = filled(undefined, begun, most, blocks);
        expect(whole).toEqual(filled(leavingOut, begun, most, blocks));
        expect(whole.rows.flatMap(({ lines }) => lines)).toEqual(blocks.flatMap((block) => block.split('\n')));
      },
    ),
    { numRuns: tries(2_000) },
  );
});

test('no file has more bytes than its lines and its header were counted as, whatever is in them', () => {
  const value = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({
      unit: fc.constantFrom('"', ',', ';', '\\', '\n', '\r', ' ', '\t', '\u0001', '\u2028', '€', '😀', '\ud83d'),
    }),
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 5 }),
      fc.constantFrom(',', ';'),
      (rows, separator) => {
        const columns = ['phone_number', 'customer_name', 'body_variable1'];
        const lines = rows.map((values, at) => writeLine([phoneNumber(at), ...values]));
        const made = broadcastCsv(columns, separator as ',', readLines(lines.join('\n')));
        const counted = [JSON.stringify(columns), ...lines].reduce((sum, text) => sum + lineBytes(text), 0);
        expect(made.ok ? made.csv.length : 0).toBeLessThanOrEqual(counted);
      },
    ),
    { numRuns: tries(500) },
  );
});

test('a file that is too large all the same is not made', () => {
  const rows = Array.from({ length: 9 }, (_, at) => [phoneNumber(at), 'x'.repeat(900_000)]);
  const made = broadcastCsv(['phone_number', 'body_variable1'], ',', rows);
  expect(made.ok ? 'made' : made.fault).toMatch(/^its file has 8,100,\d\d\d bytes; one has at most 8,000,000$/);
  expect(largestFileBytes).toBe(8_000_000);
});
