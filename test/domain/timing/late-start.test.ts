import { describe, expect, it } from '@jest/globals';
import { farStartWarning, isMissed, lateStartFault } from '../../../src/domain/timing/late-start.js';

const now = new Date('2026-12-01T09:00:00Z');

describe('a start that has passed', () => {
  it.each([
    ['2026-12-01T08:55:00Z', false],
    ['2026-12-01T08:54:59.999Z', true],
    ['2026-12-01T09:00:01Z', false],
  ])('of %s is missed: %s', (at, missed) => {
    expect(isMissed(new Date(at), now)).toBe(missed);
    expect(lateStartFault(new Date(at), now, 'UTC') !== undefined).toBe(missed);
  });

  it.each([
    ['2026-12-01T08:54:00Z', '6 minutes'],
    ['2026-12-01T06:00:00Z', '3 hours'],
    ['2025-12-01T02:00:00Z', '365 days'],
  ])('of %s is said to be %s ago', (at, ago) => {
    expect(lateStartFault(new Date(at), now, 'UTC')).toContain(`which passed ${ago} ago`);
  });
});

describe('a start more than a year ahead', () => {
  it.each([
    ['2027-12-01T09:00:00Z', undefined],
    [
      '2028-01-05T02:00:00Z',
      'startAt is Wed 5 Jan 2028 09:00 WIB, more than a year ahead: it is Tue 1 Dec 2026 16:00 WIB now.',
    ],
  ])('of %s: %s', (at, warning) => {
    expect(farStartWarning(new Date(at), now, 'Asia/Jakarta')).toBe(warning);
  });
});
