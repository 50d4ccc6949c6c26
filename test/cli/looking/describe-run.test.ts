import { describe, expect, test } from '@jest/globals';
import { describeStatus } from '../../../src/cli/terminal/describe-run.js';

const now = new Date('2027-12-30T00:00:00Z');
const start = '2027-12-31T02:00:00.000Z';
const timeZone = 'Asia/Jakarta';
const run = { status: 'finished', outcome: null, held: null, startAt: null, handOverAt: null, timeZone } as const;
const held = { kind: 'unknowns', reason: 'three in a row', heldAt: now.toISOString(), until: null } as const;

describe('how a run stands, on the command line', () => {
  test.each([
    ['finished, handed over to Qiscus', { outcome: 'handed_over' }],
    ['handed over, starts Fri 31 Dec 2027 09:00 WIB', { outcome: 'handed_over', startsAt: start, lastStartsAt: start }],
    ['handed over, the last of it starts Fri 31 Dec 2027 09:00 WIB', { outcome: 'handed_over', lastStartsAt: start }],
    ['finished, partly refused', { outcome: 'partly_refused', startsAt: start }],
    ['finished, refused', { outcome: 'refused' }],
    ['finished, nobody was in it', { outcome: 'nobody' }],
    ['finished, needs attention', { outcome: 'needs_attention' }],
    ['sealed, waits for Fri 31 Dec 2027 09:00 WIB', { status: 'sealed', startAt: start }],
    ['sealed, waits for Fri 31 Dec 2027 09:00 WIB', { status: 'sealed', handOverAt: start }],
    ['sealed, being handed over', { status: 'sealed' }],
    ['sealed, not all handed over yet', { status: 'sealed', held }],
    ['open', { status: 'open', startAt: start }],
    ['paused', { status: 'paused', startAt: start }],
    ['cancelled', { status: 'cancelled' }],
  ] as const)('is %s for %j', (words, changed) => {
    expect(describeStatus({ ...run, ...changed }, now)).toBe(words);
  });
});
