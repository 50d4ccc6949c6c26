import { expect, test } from '@jest/globals';
import { readUserId, readUserPairs } from '../../../src/domain/statuses/user-ids.js';

const id = 'MY.2035200694071263';
const pair = (userId: string, phoneNumber: string | null, formerUserId: string | null = null) => ({
  userId,
  phoneNumber,
  formerUserId,
});

test.each([id, 'ID.ENT.11815799212886844830', 'US.13491208655302741918a', ` ${id} `])('%s is a user id', (text) => {
  expect(readUserId(text)).toBe(text.trim());
});

test.each([
  '2035200694071263',
  '6281234567890',
  'my.2035',
  'MY.',
  'MYS.1',
  'MY.1.2',
  `MY.${'1'.repeat(129)}`,
  7,
  null,
  {},
])('%p is none', (value) => expect(readUserId(value)).toBeNull());

test.each<[string, object, object[]]>([
  [
    'contacts',
    { contacts: [{ wa_id: '6281234567890', user_id: id, profile: { name: 'x' } }] },
    [pair(id, '6281234567890')],
  ],
  ['a contact without a number', { contacts: [{ user_id: id }] }, []],
  ['a contact whose number is the id', { contacts: [{ wa_id: id, user_id: id }] }, []],
  ['the sender of a message', { messages: [{ from: '6281234567890', from_user_id: id }] }, [pair(id, '6281234567890')]],
  [
    'a status with both',
    { statuses: [{ recipient_id: '5215512345678', recipient_user_id: id }] },
    [pair(id, '525512345678')],
  ],
  [
    'another number of a user',
    {
      messages: [
        {
          from: '6281234567890',
          from_user_id: id,
          type: 'system',
          system: { type: 'user_changed_number', wa_id: '6281234567891', user_id: 'MY.2' },
        },
      ],
    },
    [pair(id, '6281234567890'), pair('MY.2', '6281234567891')],
  ],
  [
    'another id of a user',
    { user_id_update: [{ wa_id: '6281234567890', user_id: { previous: id, current: 'MY.2' } }] },
    [pair(id, '6281234567890'), pair('MY.2', '6281234567890', id)],
  ],
  [
    'another id without a number',
    { user_id_update: [{ user_id: { previous: id, current: 'MY.2' } }] },
    [pair('MY.2', null, id)],
  ],
  ['none of it', { statuses: 7, contacts: [null, 'x'], messages: {} }, []],
])('%s, by itself and nested', (_, value, pairs) => {
  expect(readUserPairs(value)).toEqual(pairs);
  expect(readUserPairs({ entry: [{ changes: [{ field: 'messages', value }, { value: 7 }] }, null] })).toEqual(pairs);
});
