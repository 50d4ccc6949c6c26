import { describe, expect, test } from '@jest/globals';
import {
  type BatchCounts,
  type Concerns,
  emptyCounts,
  type RunOutcome,
  runOutcome,
  waitsUntil,
} from '../../../src/domain/runs/run.js';

/** A finished run: its batches, its concerns, and whether it was given up or cancelled. */
type Scene = Partial<BatchCounts & Concerns> & { fate?: 'given up' | 'cancelled' };

function outcomeOf({ fate, ...counts }: Scene): RunOutcome {
  const scene = { ...emptyCounts(), missing: 0, unclosed: 0, extraSends: 0, wrongTotals: 0, ...counts };
  return runOutcome(scene, scene, { failed: fate === 'given up', cancelled: fate !== undefined });
}

test.each<[RunOutcome, Scene]>([
  ['nobody', {}],
  // A batch of whom everybody was suppressed is cancelled, although nobody cancelled the run.
  ['nobody', { cancelled: 1 }],
  ['handed_over', { scheduled: 3 }],
  ['handed_over', { scheduled: 3, cancelled: 1 }],
  ['partly_refused', { scheduled: 2, failed: 1 }],
  ['refused', { failed: 3 }],
  ['refused', { failed: 3, cancelled: 1 }],
  ['cancelled', { fate: 'cancelled' }],
  ['cancelled', { scheduled: 1, cancelled: 2, fate: 'cancelled' }],
  ['cancelled', { failed: 1, cancelled: 2, fate: 'cancelled' }],
  ['failed', { fate: 'given up' }],
  ['failed', { missing: 5, unclosed: 1, fate: 'given up' }],
  ['needs_attention', { unknown: 1 }],
  ['needs_attention', { unknown: 1, failed: 1, scheduled: 1 }],
  ['needs_attention', { unknown: 1, scheduled: 1, fate: 'cancelled' }],
  ['needs_attention', { unknown: 1, fate: 'given up' }],
  ['needs_attention', { extraSends: 1, fate: 'given up' }],
  ['needs_attention', { missing: 5 }],
  ['needs_attention', { unclosed: 1 }],
  ['needs_attention', { scheduled: 1, wrongTotals: 1 }],
  ['needs_attention', { failed: 1, missing: 5 }],
])('the outcome is %s of a finished run with %j', (outcome, scene) => {
  expect(outcomeOf(scene)).toBe(outcome);
});

describe('what a sealed run waits for', () => {
  const now = new Date('2027-12-30T00:00:00Z');
  const start = '2027-12-31T02:00:00.000Z';
  const handOver = '2027-12-30T01:00:00.000Z';
  const past = '2027-12-29T00:00:00.000Z';

  test.each([
    ['its start', { status: 'sealed', startAt: start, handOverAt: null }, start],
    ['its start, although it is handed over before', { status: 'sealed', startAt: start, handOverAt: handOver }, start],
    ['its next hand-over', { status: 'sealed', startAt: null, handOverAt: handOver }, handOver],
    ['its next hand-over, after its start', { status: 'sealed', startAt: past, handOverAt: handOver }, handOver],
    ['nothing', { status: 'sealed', startAt: null, handOverAt: null }, null],
    ['nothing any more', { status: 'sealed', startAt: past, handOverAt: past }, null],
    ['nothing, as it still takes recipients', { status: 'open', startAt: start, handOverAt: null }, null],
    ['nothing, as it is paused', { status: 'paused', startAt: start, handOverAt: handOver }, null],
    ['nothing, as it is finished', { status: 'finished', startAt: start, handOverAt: null }, null],
  ] as const)('is %s', (_, run, until) => {
    expect(waitsUntil(run, now)).toBe(until);
  });
});
