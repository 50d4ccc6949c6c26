import { expect, test } from '@jest/globals';
import { inWordsOfList } from '../../../src/domain/drafts/in-words-of-list.js';

const mapping = { phone_number: 'No. HP', body_variable1: 'Nama', customer_name: null };

test('a reason names the column of the list, as whoever made the list knows no other', () => {
  expect(inWordsOfList('phone_number is empty', mapping)).toBe('"No. HP" is empty');
  expect(inWordsOfList('body_variable1: an error of a spreadsheet', mapping)).toBe('"Nama": an error of a spreadsheet');
  expect(inWordsOfList('it is rejected: phone_number … is too short', mapping)).toBe(
    'it is rejected: "No. HP" … is too short',
  );
});

test('what is no column of the list stays as it is', () => {
  for (const reason of ['customer_name is empty', 'line … has 4 values', 'constructor is no column', 'suppressed'])
    expect(inWordsOfList(reason, mapping)).toBe(reason);
});
