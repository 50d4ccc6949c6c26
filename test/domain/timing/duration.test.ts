import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatDuration, parseDuration } from '../../../src/domain/timing/duration.js';

it('durations are read in milliseconds', () => {
  expect(['500ms', '3s', '30m', '2h', '1d', '0s', ' 1s '].map(parseDuration)).toEqual([
    500, 3_000, 1_800_000, 7_200_000, 86_400_000, 0, 1_000,
  ]);
});

it('what is no duration is not guessed at', () => {
  const wrong = ['', '5', 's', '1.5s', '-1s', '1 s', '1S', '1w', '1s2', '1constructor', '999999999999999d'];
  expect(wrong.map(parseDuration)).toEqual(wrong.map(() => undefined));
});

it('a formatted duration reads as the same number again, in its largest whole unit', () => {
  expect([0, 500, 1_500, 90_000, 86_400_000].map(formatDuration)).toEqual(['0ms', '500ms', '1500ms', '90s', '1d']);
  fc.assert(fc.property(fc.nat(), (ms) => parseDuration(formatDuration(ms)) === ms));
});
