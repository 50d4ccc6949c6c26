import { describe, expect, test } from '@jest/globals';
import { standing } from '../../../src/admin/html/words.js';

const now = new Date('2027-12-30T00:00:00Z');
const start = '2027-12-31T02:00:00.000Z';
const run = { status: 'finished', outcome: null, held: null, startAt: null, handOverAt: null } as const;
const held = { kind: 'unknowns', reason: 'three in a row', heldAt: now.toISOString(), until: null } as const;
const preparing = { ...held, kind: 'preparing' } as const;

function wordsOf(changed: Partial<Parameters<typeof standing>[0]>): string {
  return String(standing({ ...run, ...changed }, now)).replaceAll(/<[^>]+>/g, '');
}

describe('how a run stands, in words', () => {
  test.each([
    ['handed over to Qiscus', 'handed_over', 'good'],
    ['partly refused', 'partly_refused', 'bad'],
    ['refused', 'refused', 'bad'],
    ['nobody was in it', 'nobody', 'bad'],
    ['cancelled', 'cancelled', 'plain'],
    ['failed', 'failed', 'bad'],
    ['needs attention', 'needs_attention', 'bad'],
  ] as const)('is %s when it ended %s', (words, outcome, tone) => {
    expect(wordsOf({ outcome })).toBe(words);
    expect(String(standing({ ...run, outcome }, now))).toContain(`class="mark ${tone}"`);
  });

  test.each([
    ['handed over, starts 2027-12-31 02:00:00 UTC', { outcome: 'handed_over', startsAt: start, lastStartsAt: start }],
    ['handed over, the last of it starts 2027-12-31 02:00:00 UTC', { outcome: 'handed_over', lastStartsAt: start }],
    ['waits for 2027-12-31 02:00:00 UTC', { status: 'sealed', startAt: start }],
    ['waits for 2027-12-31 02:00:00 UTC', { status: 'sealed', handOverAt: start }],
    ['waits for 2027-12-31 02:00:00 UTC held', { status: 'sealed', startAt: start, held }],
    ['being handed over', { status: 'sealed' }],
    ['not all handed over yet held', { status: 'sealed', held }],
    ['open, takes recipients', { status: 'open', startAt: start }],
    ['its rows are being read', { status: 'open', held: preparing }],
    ['paused', { status: 'paused', startAt: start }],
    ['paused', { status: 'paused', held: preparing }],
    ['paused held', { status: 'paused', held }],
    ['being cancelled', { status: 'cancelled' }],
  ] as const)('is %s for %j', (words, changed) => {
    expect(wordsOf(changed)).toBe(words);
  });
});
