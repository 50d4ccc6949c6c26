import { expect, test } from '@jest/globals';
import { faultOfPassword } from '../../../src/domain/people/password-rules.js';

test.each(['correct horse battery', 'Tangga kayu 7 biru', `${'x'.repeat(5)}Lr8%vQ2#mZ1!`, 'ünïcödé wörds äre fine'])(
  'takes %j',
  (password) => {
    expect(faultOfPassword(password, 'ada')).toBe(undefined);
  },
);

test.each([
  ['fourteen chars', /fewer than 15/],
  ['y'.repeat(201), /more than 200/],
  ['aaaaaaaaaaaaaaaaaaaa', /pattern/],
  ['abcabcabcabcabcabc', /pattern/],
  ['123456789012345678', /pattern/],
  ['qwertyuiopasdfghjkl', /pattern/],
  ['wiradharmawan123', /name or word/],
  ['siaranpassword12345', /name or word|pattern/],
])('refuses %j', (password, words) => {
  expect(faultOfPassword(password, 'wiradharmawan')).toMatch(words);
});
