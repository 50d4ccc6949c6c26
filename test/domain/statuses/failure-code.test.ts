import { expect, test } from '@jest/globals';
import { readCallback } from '../../../src/domain/statuses/callback.js';
import { codeIn } from '../../../src/domain/statuses/failure-code.js';
import { shownStatus } from '../../../src/domain/statuses/message-state.js';

test.each<[string, number | null]>([
  ['131026', 131026],
  ['131026 Message undeliverable', 131026],
  ['(#131049) This message was not delivered', 131049],
  ['Error code: 132015, template is paused', 132015],
  ['[368] temporarily blocked', 368],
  ['999123 a code that is not known', 999123],
  ['undeliverable (code 131026), request 20261', 131026],
  ['more than 24 hours have passed', null],
  ['24 hours have passed', null],
  ['sent to 6281310266', null],
  ['request 424242 failed', null],
  ['', null],
])('of the notes %j the code is %j', (notes, code) => expect(codeIn(notes)).toBe(code));

test.each<[unknown, number | null]>([
  [[{ code: 131026, title: '131049' }], 131026],
  [[{ code: ' 131026 ' }], 131026],
  [[{ title: 'Message undeliverable (131026)' }], 131026],
  [[{ title: 'no code' }, { code: 130429 }], 130429],
  [[{ code: 1e15 }, { code: -5 }, { code: 1.5 }], null],
  ['none', null],
])('of the errors %j the code is %j', (errors, code) => {
  const reading = readCallback({ statuses: [{ id: 'm', status: 'failed', errors }] });
  expect(reading).toMatchObject({ statuses: [{ status: 'failed', code }] });
});

test('a status that is no failure has neither a code nor words of one', () => {
  const reading = readCallback({ statuses: [{ id: 'm', status: 'sent', errors: [{ code: 131026 }] }] });
  expect(reading).toMatchObject({ statuses: [{ status: 'sent', code: null, notes: null }] });
});

test.each([
  ['scheduled', false, 'scheduled'],
  ['read', false, 'read'],
  ['scheduled', true, 'failed'],
  ['sent', true, 'failed'],
  ['delivered', true, 'failed_after_delivered'],
  ['read', true, 'failed_after_delivered'],
])('a message that came as far as %s, and has failed: %s, is shown as %s', (status, hasFailed, shown) =>
  expect(shownStatus({ status, hasFailed })).toBe(shown),
);
