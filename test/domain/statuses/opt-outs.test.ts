import { expect, test } from '@jest/globals';
import { readWishes } from '../../../src/domain/statuses/opt-outs.js';

const words = ['STOP', 'BERHENTI'];
const preference = { wa_id: '6281234567890', category: 'marketing_messages', value: 'stop', timestamp: '1700000000' };
const reply = (body: unknown, more: object = {}) => ({
  messages: [{ id: 'wamid.1', from: '6281234567890', timestamp: '1700000000', type: 'text', text: { body }, ...more }],
});
const told = { phoneNumber: '6281234567890', userId: null, at: new Date(1_700_000_000_000) };

test.each<[string, object, object[]]>([
  ['stop', { user_preferences: [preference] }, [{ ...told, kind: 'preference', wants: 'stop', messageId: null }]],
  [
    'resume',
    { user_preferences: [{ ...preference, value: 'resume' }] },
    [{ ...told, kind: 'preference', wants: 'resume', messageId: null }],
  ],
  ['another category', { user_preferences: [{ ...preference, category: 'utility' }] }, []],
  ['another value', { user_preferences: [{ ...preference, value: 'STOP IT' }] }, []],
  ['nobody', { user_preferences: [{ ...preference, wa_id: 'x' }, 7] }, []],
  ['a stop word', reply(' berhenti '), [{ ...told, kind: 'stop_word', wants: 'stop', messageId: 'wamid.1' }]],
  ['a stop word in a sentence', reply('please stop'), []],
  ['a stop word that is none of ours', reply('END'), []],
  [
    'a number with blanks and its sign',
    { user_preferences: [{ ...preference, wa_id: ' +6281234567890 ' }] },
    [{ ...told, kind: 'preference', wants: 'stop', messageId: null }],
  ],
  ['no text', reply({ stop: 1 }), []],
  [
    'an id only',
    reply('STOP', { from: 'MY.1' }),
    [{ ...told, phoneNumber: null, userId: 'MY.1', kind: 'stop_word', wants: 'stop', messageId: 'wamid.1' }],
  ],
])('%s', (_, value, wishes) => {
  expect(readWishes(value, words)).toEqual(wishes);
  expect(readWishes({ entry: [{ changes: [{ value }] }] }, words)).toEqual(wishes);
});

test('without stop words no reply is looked at', () => expect(readWishes(reply('STOP'), [])).toEqual([]));
