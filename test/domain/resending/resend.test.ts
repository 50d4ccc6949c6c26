import { expect, test } from '@jest/globals';
import { describeRules, laterReason, leftOutReason, type MessageFate } from '../../../src/domain/resending/resend.js';

const now = new Date('2027-01-10T12:00:00Z');
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000);
const failed: MessageFate = {
  phoneNumber: '6281234567890',
  batchStatus: 'scheduled',
  beganAt: hoursAgo(60),
  furthest: 'sent',
  failure: { code: 131026, at: hoursAgo(50) },
};
const any = { codes: 'any', unansweredAfterMs: null } as const;
const only = (...codes: number[]) => ({ codes, unansweredAfterMs: null });

test('whose message failed is sent to again, with any code or one that was asked for', () => {
  expect(leftOutReason(failed, any, now)).toBeUndefined();
  expect(leftOutReason(failed, only(131053, 131026), now)).toBeUndefined();
  expect(leftOutReason(failed, only(131053), now)).toBe('other_code');
  expect(leftOutReason(failed, { codes: null, unansweredAfterMs: 1 }, now)).toBe('failed');
  const untold = { ...failed, failure: { code: null, at: null } };
  expect(leftOutReason(untold, any, now)).toBeUndefined();
  expect(leftOutReason(untold, only(131026), now)).toBe('other_code');
});

test('never who was delivered, opted out, or is in a batch that may have been sent', () => {
  for (const furthest of ['delivered', 'read'] as const)
    expect(leftOutReason({ ...failed, furthest }, any, now)).toBe('delivered');
  const optedOut = { ...failed, failure: { code: 131050, at: hoursAgo(50) } };
  for (const rules of [any, only(131050)]) expect(leftOutReason(optedOut, rules, now)).toBe('opted_out');
  for (const batchStatus of ['unknown', 'sending'] as const)
    expect(leftOutReason({ ...failed, batchStatus }, any, now)).toBe('unknown');
  for (const batchStatus of ['pending', 'uploaded', 'failed', 'cancelled'] as const)
    expect(leftOutReason({ ...failed, batchStatus, failure: null }, any, now)).toBe('not_handed_over');
});

test('whom WhatsApp held back: only if the code is named, a day later, and never in North America', () => {
  const heldBack = { ...failed, failure: { code: 131049, at: hoursAgo(24) } };
  expect(leftOutReason(heldBack, any, now)).toBe('marketing_limit');
  expect(leftOutReason(heldBack, only(131026), now)).toBe('other_code');
  expect(leftOutReason(heldBack, only(131049), now)).toBeUndefined();
  const late = { ...heldBack, failure: { code: 131049, at: new Date(hoursAgo(24).getTime() + 1) } };
  expect(leftOutReason(late, only(131049), now)).toBe('too_early');
  expect(leftOutReason({ ...heldBack, failure: { code: 131049, at: null } }, only(131049), now)).toBe('too_early');
  expect(leftOutReason({ ...heldBack, phoneNumber: '12025550123' }, only(131049), now)).toBe('north_america');
});

test('who was not answered: as long as that was asked for, and nobody whose message was sent', () => {
  const silent: MessageFate = { ...failed, furthest: 'scheduled', failure: null };
  const after = (hours: number) => ({ codes: null, unansweredAfterMs: hours * 3_600_000 });
  expect(leftOutReason(silent, after(60), now)).toBeUndefined();
  expect(leftOutReason(silent, after(61), now)).toBe('unanswered');
  expect(leftOutReason(silent, any, now)).toBe('unanswered');
  expect(leftOutReason({ ...silent, beganAt: null }, after(1), now)).toBe('unanswered');
  expect(leftOutReason({ ...silent, furthest: 'sent' }, after(60), now)).toBe('sent');
});

test('who is in later runs as well: not while one may reach them, nor while one that was refused can be retried', () => {
  const later = (...fates: Parameters<typeof laterReason>[1]) => laterReason(failed.phoneNumber, fates, any, now);
  const fell = (code: number) => ({ code, at: hoursAgo(50) });
  expect(later()).toBeUndefined();
  expect(later(fell(131026), fell(131053))).toBeUndefined();
  expect(later('refused', null)).toBe('resent');
  expect(later('refused', fell(131050))).toBe('refused');
  expect(later(fell(131026), fell(131050))).toBe('opted_out');
});

test('rules are the same in whatever order codes are given', () => {
  expect(describeRules(only(2, 10, 2))).toBe(describeRules(only(10, 2)));
  expect(describeRules(any)).not.toBe(describeRules(only(10)));
});
