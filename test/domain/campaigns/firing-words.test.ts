import { expect, test } from '@jest/globals';
import { audienceReadWords, firingWords } from '../../../src/domain/campaigns/firing-words.js';

const now = new Date('2026-12-01T02:00:00Z');
const [before, after] = ['2026-12-01T01:00:00.000Z', '2026-12-01T03:00:00.000Z'];

test('what became of a firing is said in words that need no explanation', () => {
  expect(firingWords({ at: before, status: 'preparing', reason: null }, now)).toBe('audience is being read');
  expect(firingWords({ at: before, status: 'prepared', reason: null }, now)).toBe('fired');
  expect(firingWords({ at: after, status: 'prepared', reason: null }, now)).toBe('ready');
  expect(firingWords({ at: before, status: 'prepared', reason: 'no row' }, now)).toBe('nobody was in it');
  expect(firingWords({ at: before, status: 'failed', reason: 'away' }, now)).toBe('failed');
});

test('when an audience is read', () => {
  expect(audienceReadWords(0)).toBe('when it fires');
  expect(audienceReadWords(1_800_000)).toBe('30m before it fires');
});
