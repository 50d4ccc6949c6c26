import { describe, expect, it } from '@jest/globals';
import { plainDelivery } from '../../../src/domain/delivery/delivery.js';
import { decideStart, type StartingBatch } from '../../../src/domain/timing/batch-start.js';
import type { TakenSlots } from '../../../src/domain/timing/start-slot.js';

const now = new Date('2026-12-01T09:00:00.000Z');
const nothing: TakenSlots = { run: [], portfolio: [] };
const hour = 3_600_000;

type Given = Partial<Omit<StartingBatch, 'delivery'>> & { delivery?: Partial<StartingBatch['delivery']> };

function decide(batch: Given, taken: TakenSlots = nothing) {
  const { delivery, ...rest } = batch;
  const whole = {
    recipients: 1_000,
    startAt: null,
    closedAt: now,
    mayBeLate: false,
    skipMissed: false,
    isBegun: false,
    ...rest,
  };
  return decideStart({ ...whole, delivery: { ...plainDelivery, ...delivery } }, taken, now);
}

describe('a batch without limits', () => {
  it('starts at once without a start, at its start when that is ahead, and never in the past', () => {
    const at = (text: string) => decide({ startAt: new Date(text) });
    expect(decide({})).toEqual({ kind: 'start', startedAt: null, movedBy: null });
    expect(at('2026-12-02T09:00:00Z')).toEqual({
      kind: 'start',
      startedAt: new Date('2026-12-02T09:00:00Z'),
      movedBy: null,
    });
    const soon = { kind: 'start', startedAt: new Date('2026-12-01T09:01:00Z'), movedBy: 'late' };
    expect(at('2026-12-01T09:00:30Z')).toEqual(soon);
    expect(at('2020-01-01T00:00:00Z')).toEqual(soon);
  });

  it('waits until it may be handed over', () => {
    const startAt = new Date('2026-12-01T15:00:00Z');
    const waits = decide({ startAt, delivery: { handOverAheadMs: 2 * hour } });
    expect(waits).toEqual({ kind: 'wait', until: new Date('2026-12-01T13:00:00Z') });
    expect(decide({ startAt, delivery: { handOverAheadMs: 6 * hour } })).toMatchObject({ kind: 'start' });
  });
});

describe('a batch that would start too late', () => {
  const startAt = new Date('2026-12-01T07:00:00Z');

  it('is not sent, and says why', () => {
    const late = decide({ startAt, delivery: { tooLateAfterMs: 2 * hour } });
    expect(late).toEqual({
      kind: 'too late',
      reason:
        "too late: it would start at 2026-12-01T09:01:00.000Z, and was due at 2026-12-01T07:00:00.000Z; it isn't sent later than 2h after that unless it is retried",
    });
    expect(decide({ startAt, delivery: { tooLateAfterMs: 3 * hour } })).toMatchObject({ kind: 'start' });
  });

  it('is left out when its start was missed, unless some of its run went out in time', () => {
    const missed = { startAt, skipMissed: true, delivery: { pace: { recipients: 100, durationMs: hour } } };
    expect(decide(missed)).toMatchObject({ kind: 'too late', reason: expect.stringContaining('missed') });
    expect(decide({ ...missed, isBegun: true })).toMatchObject({ kind: 'start' });
    expect(decide({ ...missed, startAt: new Date('2026-12-01T08:56:00Z') })).toMatchObject({ kind: 'start' });
  });

  it('is sent all the same when an operator wants it', () => {
    expect(decide({ startAt, mayBeLate: true, delivery: { tooLateAfterMs: hour } })).toMatchObject({ kind: 'start' });
  });

  it('counts from when it was full if its run asked for no start', () => {
    const closedAt = new Date('2026-12-01T06:00:00Z');
    expect(decide({ closedAt, delivery: { tooLateAfterMs: hour } })).toMatchObject({ kind: 'too late' });
  });

  it('names the limit that moved it', () => {
    const window = { opensAt: 8 * 60, closesAt: 9 * 60, days: [1, 2, 3, 4, 5, 6, 7], timeZone: 'UTC' };
    const late = decide({ startAt, delivery: { window, tooLateAfterMs: hour } });
    expect(late).toMatchObject({ kind: 'too late', reason: expect.stringContaining('moved by its window') });
  });
});

describe('a batch with limits', () => {
  it('is always told when it starts, and by what it was moved', () => {
    const delivery = { pace: { recipients: 1_000, durationMs: hour } };
    const first = decide({ delivery });
    expect(first).toEqual({ kind: 'start', startedAt: new Date('2026-12-01T09:01:00Z'), movedBy: null });
    const run = [{ at: new Date('2026-12-01T08:30:00Z').getTime(), recipients: 1_000 }];
    const second = decide({ delivery }, { run, portfolio: [] });
    expect(second).toEqual({ kind: 'start', startedAt: new Date('2026-12-01T09:30:00Z'), movedBy: 'pace' });
  });
});
