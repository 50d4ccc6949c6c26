import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readCallback, type ToldStatus } from '../../../src/domain/statuses/callback.js';
import { tries } from '../../tries.js';

const at = new Date('2026-12-01T02:00:00Z');
const seconds = at.getTime() / 1000;
const told: ToldStatus = {
  ...{
    messageId: 'wamid.1',
    status: 'sent',
    at,
    phoneNumber: '6281234567890',
    notes: null,
    code: null,
    optedOut: false,
    userId: null,
  },
};

function only(body: unknown): ToldStatus | undefined {
  const reading = readCallback(body);
  return reading.kind === 'statuses' ? reading.statuses[0] : undefined;
}

function withError(error: unknown): ToldStatus | undefined {
  return only({ type: 'message_status', payload: { message_id: 'm', status: 'failed', error } });
}

describe('both forms that were observed, and that of the Cloud API, say the same', () => {
  const status = { id: 'wamid.1', status: 'sent', timestamp: String(seconds), recipient_id: '6281234567890' };
  test.each<[string, unknown]>([
    ['statuses', { statuses: [status], contacts: [] }],
    ['statuses beside messages', { statuses: [status], messages: [] }],
    [
      'nested',
      { object: 'whatsapp', entry: [{ changes: [{ value: { messages: [] } }, { value: { statuses: [status] } }] }] },
    ],
    [
      'message_status',
      {
        type: 'message_status',
        payload: { message_id: 'wamid.1', status: 'sent', recipient_id: '6281234567890', timestamp: seconds },
      },
    ],
    [
      'a number with a plus, words in capitals',
      { statuses: [{ ...status, recipient_id: '+6281234567890', status: ' SENT' }] },
    ],
    ['milliseconds', { statuses: [{ ...status, timestamp: at.getTime() }] }],
    ['ISO 8601', { statuses: [{ ...status, timestamp: '2026-12-01T09:00:00+07:00' }] }],
  ])('%s', (_, body) => expect(readCallback(body)).toEqual({ kind: 'statuses', statuses: [told], ignored: 0 }));
});

test.each([undefined, null, '', 'soon', -1, 0, 1e300, '99999999999999999', {}, [], true])(
  'a time that is %j is none, and the status counts all the same',
  (timestamp) =>
    expect(only({ statuses: [{ id: 'm', status: 'read', timestamp }] })).toMatchObject({ status: 'read', at: null }),
);

test.each([undefined, null, '', 'Ani', '0812', 12, '62812345678901234', {}])(
  'a number that is %j is none',
  (recipient_id) => expect(only({ statuses: [{ id: 'm', status: 'read', recipient_id }] })?.phoneNumber).toBeNull(),
);

test('why a message failed is kept in the words of the provider, short, and storable', () => {
  const errors = [
    {
      code: 131026,
      title: 'Message undeliverable',
      message: 'Message undeliverable',
      error_data: { details: 'no\0 app' },
    },
    { code: 1 },
  ];
  expect(only({ statuses: [{ id: 'm', status: 'failed', errors }] })?.notes).toBe(
    '131026 Message undeliverable no  app; 1',
  );
  expect(withError('half \ud83d')?.notes).toBe('half \ufffd');
  expect(withError('x'.repeat(1_000))?.notes).toHaveLength(500);
  expect(withError(null)?.notes).toBeNull();
});

test.each<[unknown, boolean]>([
  [{ code: 131050, title: 'stopped' }, true],
  [{ code: '131050' }, true],
  ['131050: user stopped marketing messages', true],
  [{ message: 'code 131050' }, true],
  [{ code: 131026, title: 'see 131050' }, false],
  ['1310500', false],
  [undefined, false],
])('an error %j says of an opt-out: %j', (error, isOptOut) => expect(withError(error)?.optedOut).toBe(isOptOut));

test('what is no status that is known is counted, and what is none at all is left out beside others', () => {
  const good = { id: 'm', status: 'sent' };
  expect(
    readCallback({ statuses: [good, { id: 'm', status: 'deleted' }, { id: 1.5, status: 'sent' }, 7, null] }),
  ).toMatchObject({
    statuses: [{ messageId: 'm' }],
    ignored: 4,
  });
  expect(readCallback({ statuses: [{ id: 'm', status: 'deleted' }] })).toEqual({
    kind: 'statuses',
    statuses: [],
    ignored: 1,
  });
  expect(readCallback({ statuses: [] })).toEqual({ kind: 'statuses', statuses: [], ignored: 0 });
});

test.each<[string, unknown]>([
  ['other', { messages: [{ id: 'wamid', text: {} }] }],
  ['other', { type: 'new_comment', payload: {} }],
  ['other', { entry: [{ changes: [{ value: { messages: [] } }] }] }],
  ['unreadable', {}],
  ['unreadable', null],
  ['unreadable', []],
  ['unreadable', 'sent'],
  ['unreadable', { statuses: 'sent' }],
  ['unreadable', { statuses: [{ status: 'sent' }] }],
  ['unreadable', { statuses: [{ id: 'x'.repeat(501), status: 'sent' }] }],
  ['unreadable', { type: 'message_status' }],
  ['unreadable', { type: 'message_status', payload: { status: 'sent' } }],
  ['unreadable', { entry: [{}, 7] }],
])('%s: %j', (kind, body) => expect(readCallback(body)).toEqual({ kind }));

test('no JSON whatever makes it fail', () => {
  const key = fc.constantFrom(
    'statuses',
    'entry',
    'changes',
    'value',
    'type',
    'payload',
    'id',
    'message_id',
    'status',
    'errors',
    'error',
    'timestamp',
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 7 },
      fc.jsonValue({ maxDepth: 1 }),
      fc.constantFrom('message_status', 'sent', 131050),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(key, tie('value'), { maxKeys: 4 }),
    ),
  }));
  fc.assert(
    fc.property(value, (body) => void readCallback(body)),
    { numRuns: tries(500) },
  );
});

test('never reads a business-scoped user id as a number', () => {
  for (const told of [{ recipient_id: 'MY.2035200694071263' }, { recipient_user_id: 'MY.2035200694071263' }]) {
    const reading = readCallback({ statuses: [{ id: 'wamid.1', status: 'read', timestamp: 1_700_000_000, ...told }] });
    expect(reading).toMatchObject({ kind: 'statuses', statuses: [{ messageId: 'wamid.1', phoneNumber: null }] });
  }
});
