import { describe, expect, test } from '@jest/globals';
import {
  parseRetryAfterFailure,
  type RetryAfterFailureRequest,
  readRetryAfterFailure,
  readRetryText,
  retryRequestOf,
} from '../../../src/domain/resending/retry-after-failure.js';
import { turnAt, whyHopeless } from '../../../src/domain/resending/retry-turn.js';

const asked = { codes: [131053, 131026, 131026], after: '24h', times: 2 };
const read = { codes: [131026, 131053], afterMs: 86_400_000, times: 2 };

describe('retryAfterFailure', () => {
  test('is read with its codes in their order, and written again as a caller would', () => {
    expect(readRetryAfterFailure(asked)).toEqual({ retry: read, faults: [] });
    expect(readRetryAfterFailure(retryRequestOf(read))).toEqual({ retry: read, faults: [] });
    expect(readRetryAfterFailure(undefined)).toEqual({ retry: null, faults: [] });
    expect(parseRetryAfterFailure({ times: 2, afterMs: 86_400_000, codes: [131053, 131026] })).toEqual(read);
    expect(() => parseRetryAfterFailure({ codes: 'all' })).toThrow(/can not be read/);
  });

  test('that is wrong is refused, with each part, its value and what would be right', () => {
    const faultsOf = (more: object) => readRetryAfterFailure({ ...asked, ...more });
    for (const [more, fault] of [
      [
        { codes: [] },
        /^retryAfterFailure.codes is \[\]; write 1 to 50 of WhatsApp's codes, such as \[131026, 131053\]\.$/,
      ],
      [{ codes: ['131026'] }, /^retryAfterFailure.codes is \["131026"\];/],
      [{ codes: [131026.5, -1] }, /^retryAfterFailure.codes is \[131026.5, -1\];/],
      [{ codes: 131026 }, /^retryAfterFailure.codes is 131026;/],
      [{ codes: Array(51).fill(131026) }, /^retryAfterFailure.codes is a list;/],
      [{ codes: [131026, 131050] }, /^retryAfterFailure.codes has 131050: they stopped marketing messages/],
      [{ after: 24 }, /^retryAfterFailure.after is 24; write a duration from 1h to 30d, such as 24h\.$/],
      [{ after: '59m' }, /^retryAfterFailure.after is "59m";/],
      [{ after: '31d' }, /^retryAfterFailure.after is "31d";/],
      [{ after: 'soon' }, /^retryAfterFailure.after is "soon";/],
      [{ codes: [131049], after: '23h' }, /^retryAfterFailure.after is "23h"; with the code 131049 write 24h or more/],
      [{ times: 0 }, /^retryAfterFailure.times is 0; write a whole number from 1 to 10, such as 2\.$/],
      [{ times: 11 }, /^retryAfterFailure.times is 11;/],
      [{ times: undefined }, /^retryAfterFailure.times is undefined;/],
      [{ code: 131026 }, /^retryAfterFailure has "code"; it has codes, after, times and nothing else\.$/],
    ] as const)
      expect(faultsOf(more)).toEqual({ retry: null, faults: [expect.stringMatching(fault)] });
    for (const given of [null, 'often', 3, [131026]])
      expect(readRetryAfterFailure(given).faults).toEqual([
        expect.stringMatching(/^retryAfterFailure is .*; write its codes/),
      ]);
    expect(faultsOf({ codes: [], after: '', times: '2' }).faults).toHaveLength(3);
  });

  test('is written on a command line as codes, after and times', () => {
    const request: RetryAfterFailureRequest = { codes: [131026, 131053], after: '24h', times: 2 };
    expect(readRetryText('131026, 131053/24h/2')).toEqual(request);
    for (const text of ['', '131026', '131026/24h', '/24h/2', 'all/24h/2', '131026/24h/2/3', '131026;131053/24h/2'])
      expect(readRetryText(text)).toBeUndefined();
  });
});

test('a turn comes so long after the last start, and not before those may be sent to whom WhatsApp held back', () => {
  const start = new Date('2026-12-01T09:00:00Z');
  expect(turnAt(start, read, null)).toEqual(new Date('2026-12-02T09:00:00Z'));
  expect(turnAt(start, read, new Date('2026-12-01T09:00:05Z'))).toEqual(new Date('2026-12-02T09:00:05Z'));
  expect(turnAt(start, { ...read, afterMs: 7 * 86_400_000 }, new Date('2026-12-02T09:00:00Z'))).toEqual(
    new Date('2026-12-08T09:00:00Z'),
  );
});

test('what most messages failed with for another reason would fail again', () => {
  const why = (code: number | null, failed: number, told: number) =>
    whyHopeless(read, { isTemplateOut: false, mainFailure: { code, failed, told } });
  expect(why(131031, 51, 100)).toMatch(/^most of its messages failed for another reason: 51 of the 100/);
  expect(why(null, 51, 100)).toMatch(/without a code/);
  expect(why(131031, 50, 100)).toBeUndefined();
  expect(why(131031, 99, 99)).toBeUndefined();
  expect(why(131026, 100, 100)).toBeUndefined();
  expect(whyHopeless(read, { isTemplateOut: true, mainFailure: null })).toMatch(/^WhatsApp has paused its template/);
});
