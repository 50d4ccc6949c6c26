import { expect, test } from '@jest/globals';
import { disagreementsAmong, type Teller } from '../../../src/domain/desk/disagreements.js';
import { digestEach, readDigests, type SettingKind } from '../../../src/domain/desk/setting-digests.js';

const teller = (who: string, kind: SettingKind, named: Record<string, unknown>): Teller => ({
  who,
  settings: digestEach(kind, new Map(Object.entries(named))),
});
const words = (...tellers: Teller[]) => disagreementsAmong(tellers).map((each) => each.words);

test('what all have alike is no disagreement, in whatever order', () => {
  expect(
    words(
      teller('a', 'calendar', { indonesia: ['2027-01-01'], other: ['2027-01-02'] }),
      teller('b', 'calendar', { other: ['2027-01-02'], indonesia: ['2027-01-01'] }),
    ),
  ).toEqual([]);
});

test('who disagrees with whom is said, those who agree together', () => {
  const of = (who: string, date: string) => teller(who, 'calendar', { indonesia: [date] });
  const lacking = teller('d', 'calendar', {});
  expect(words(of('a', '2027-01-01'), of('b', '2027-01-02'), of('c', '2027-01-02'), lacking)).toEqual([
    'calendar "indonesia" is not the same: b and c have one, a has another, d has none',
  ]);
  expect(disagreementsAmong([of('a', '2027-01-01'), lacking])).toMatchObject([
    { isOtherwise: false, words: 'calendar "indonesia" is not the same: a has one, d has none' },
  ]);
});

test('of many, five are named', () => {
  const many = [...'abcdefg'].map((who) => teller(who, 'account', { default: ['one'] }));
  expect(words(...many, teller('z', 'account', { default: ['two'] }))).toEqual([
    'account "default" is not the same: a, b, c, d, e and 2 more have one, z has another',
  ]);
});

test.each<SettingKind>(['account', 'audience'])('an %s that somebody lacks is no disagreement', (kind) => {
  expect(words(teller('a', kind, { acme: 1 }), teller('b', kind, {}))).toEqual([]);
});

test('what is told is read again, and nothing else', () => {
  const { settings } = teller('a', 'calendar', { __proto__: 1, indonesia: undefined });
  expect(readDigests(JSON.stringify(settings))).toEqual(settings);
  for (const text of ['', '{}', '[["calendar","x"]]', '[["secret","x","y"]]', '[["calendar","x",5]]', 'null'])
    expect(readDigests(text)).toBeUndefined();
});

test('more names than a beat should carry are told as one', () => {
  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`c${at}`, at]));
  expect(teller('a', 'calendar', many(500)).settings).toHaveLength(500);
  expect(words(teller('a', 'calendar', many(501)), teller('b', 'calendar', { ...many(501), c7: 'x' }))).toEqual([
    'calendar "(all)" is not the same: a has one, b has another',
  ]);
});
