import { expect, test } from '@jest/globals';
import { isLabel } from '../../../src/domain/runs/label.js';

test.each(['Invoices', 'Tagihan Désember 😀', 'x'.repeat(200)])('%j will do as a name', (text) => {
  expect(isLabel(text)).toBe(true);
});

test.each([
  ['nothing', ''],
  ['white space', ' '],
  ['a line break', 'Invoices\nDecember'],
  ['a tab', 'a\tb'],
  ['an escape', '\u001b[31mred'],
  ['a line separator', 'a\u2028b'],
  ['NUL', 'a\0'],
  ['half a character', 'a\ud83d'],
  ['what was wrongly decoded', 'a\ufffd'],
  ['201 characters', 'x'.repeat(201)],
  ['no text', 7],
])('a name with %s in it is refused', (_, text) => {
  expect(isLabel(text)).toBe(false);
});
