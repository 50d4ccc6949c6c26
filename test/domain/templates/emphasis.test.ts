import { expect, test } from '@jest/globals';
import { readEmphasis } from '../../../src/domain/templates/emphasis.js';

/** Each piece with the first letters of its emphasis before it. */
const read = (text: string) =>
  readEmphasis(text).map(({ text: piece, emphasis }) => `${emphasis.map((kind) => kind[0]).join('')}|${piece}`);

test.each([
  ['plain', ['|plain']],
  ['a *b* c', ['|a ', 'b|b', '| c']],
  ['_i_ ~s~', ['i|i', '| ', 's|s']],
  ['```m *b*```', ['m|m *b*']],
  ['*b _i_*', ['b|b ', 'bi|i']],
  ['*_~x~_*', ['bis|x']],
  ['*two words*!', ['b|two words', '|!']],
  ['', []],
])('%p is shown as %p', (text, pieces) => {
  expect(read(text)).toEqual(pieces);
});

test.each(['2*3*4', '* a*', '*a *', 'a_b_c', '**', '*a', '*a\nb*', '```', '~ ~', '*a*b'])(
  '%p has no emphasis in it',
  (text) => {
    expect(read(text)).toEqual([`|${text}`]);
  },
);

test('a text of nothing but marks takes no time', () => {
  const text = '*a _a ~a '.repeat(2_000);
  const begun = process.cpuUsage();
  expect(
    readEmphasis(text)
      .map(({ text: piece }) => piece)
      .join(''),
  ).toBe(text);
  expect(process.cpuUsage(begun).user).toBeLessThan(3_000_000);
});
