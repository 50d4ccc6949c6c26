import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { isCommonPassword } from '../../../src/domain/people/common-passwords.js';
import { faultOfPassword } from '../../../src/domain/people/password-rules.js';

const long = 'more than sixty-four characters are taken as they stand, whatever they are';

test.each([
  long,
  'correct horse battery',
  'Tangga kayu 7 biru',
  `${'x'.repeat(5)}Lr8%vQ2#mZ1!`,
  'ünïcödé wörds äre fine',
])('takes %j', (password) => {
  expect(faultOfPassword(password, { name: 'ada' })).toBe(undefined);
});

test.each([
  ['fourteen chars', /fewer than 15/],
  ['y'.repeat(201), /more than 200/],
  ['aaaaaaaaaaaaaaaaaaaa', /pattern/],
  ['abcabcabcabcabcabc', /pattern/],
  ['123456789012345678', /pattern/],
  ['qwertyuiopasdfghjkl', /pattern/],
  ['wiradharmawan123', /name or word/],
  ['siaranpassword12345', /name or word|pattern/],
  ['WhatsAppBroadcast2026', /name or word/],
  ['wd.contoh@contoh-jaya.id', /name or word/],
  ['1qaz2wsx3edc4rfv', /used most/],
  ['ManchesterUnited', /used most/],
])('refuses %j', (password, words) => {
  const email = 'wd.contoh@contoh-jaya.id';
  expect(faultOfPassword(password, { name: 'wiradharmawan', email })).toMatch(words);
});

test('a short name is a part of many words, and counts for nothing', () => {
  expect(faultOfPassword('mi re ko la tu mi', { name: 'ko', email: 'mi.tu@re.la' })).toBe(undefined);
});

test('of long passwords the 3,000 commonest are refused, and no more', async () => {
  const text = await readFile(new URL('../../../src/domain/people/common-passwords.ts', import.meta.url), 'utf8');
  const digests = (/digests = `([^`]+)`/.exec(text)?.[1] ?? '').match(/[\da-f]{8}/g) ?? [];
  expect(new Set(digests).size).toBe(3_000);
  // Their digests are cut: what that lets in by mistake is rare.
  const made = Array.from({ length: 10_000 }, (_, at) => `a password of its own, ${at}`);
  expect(made.filter(isCommonPassword)).toEqual([]);
});
