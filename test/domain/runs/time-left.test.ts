import { expect, test } from '@jest/globals';
import { timeLeftWords } from '../../../src/domain/runs/time-left.js';

const minute = 60_000;

test('how long the rest takes follows from the pace so far, and is not told more exactly than it is known', () => {
  expect(timeLeftWords({ done: 900, left: 100, inMs: minute })).toBe('less than a minute');
  expect(timeLeftWords({ done: 100, left: 100, inMs: minute })).toBe('about 1 minute');
  expect(timeLeftWords({ done: 100, left: 1_230, inMs: minute })).toBe('about 12 minutes');
  expect(timeLeftWords({ done: 100, left: 18_000, inMs: minute })).toBe('about 3 hours');
});

test('nothing is told where nothing is left, or nothing tells the pace', () => {
  expect(timeLeftWords({ done: 100, left: 0, inMs: minute })).toBeNull();
  expect(timeLeftWords({ done: 0, left: 100, inMs: minute })).toBeNull();
  expect(timeLeftWords({ done: 100, left: 100, inMs: 0 })).toBeNull();
});
