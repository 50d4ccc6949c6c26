import { expect, test } from '@jest/globals';
import { parseExactly } from '../../../src/domain/recipients/exact-json.js';

test('a number that JavaScript has is a number, and any other is the text that stands there', () => {
  expect(parseExactly('[0, -1, 6281234567890, 1.5, 1500.00, 12345678901234567890, 1e3, -0.10]')).toEqual([
    ...[0, -1, 6281234567890, 1.5, '1500.00', '12345678901234567890', '1e3', '-0.10'],
  ]);
});

test('what stands in a text or a key is left alone, whatever it is escaped with', () => {
  const values = { '1.00': 'a "1.00", b', b: '\\', c: '\\": 2.00', d: [{ e: '3.00 \n\u0001' }], f: true, g: null };
  expect(parseExactly(JSON.stringify(values))).toEqual(values);
});

test('a text of some megabytes is read like any other', () => {
  const long = { a: 'x\\"1.00'.repeat(1_000_000), b: 1 };
  expect(parseExactly(JSON.stringify(long))).toEqual(long);
});
