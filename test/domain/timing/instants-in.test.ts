import { expect, test } from '@jest/globals';
import { showInstantsIn, splitAtInstants } from '../../../src/domain/timing/instants-in.js';

const text = 'the oldest since 2026-12-01T02:00:00.000Z, and 2026-13-45T02:00:00Z is no instant';

test('instants in a text are found, and others stay as they are', () => {
  const [before, at, ...after] = splitAtInstants(text);
  expect([before, at]).toEqual(['the oldest since ', new Date('2026-12-01T02:00:00Z')]);
  expect(after.join('')).toBe(', and 2026-13-45T02:00:00Z is no instant');
});

test('they are shown by the clock of a zone', () => {
  expect(showInstantsIn(text, 'Asia/Jakarta')).toContain('the oldest since Tue 1 Dec 2026 09:00 WIB, and');
});
