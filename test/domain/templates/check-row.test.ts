import { expect, test } from '@jest/globals';
import { compileReaderFor } from '../../../src/domain/templates/check-row.js';
import type { TemplateTexts } from '../../../src/domain/templates/template.js';
import { promo, reminder, templateOf } from './templates.js';

type Row = Record<string, string>;

function read(template: TemplateTexts, row: Row, policy: 'reject' | 'send' = 'reject') {
  const whole = { phone_number: '6281234567890', ...row };
  return compileReaderFor(template, Object.keys(whole), undefined, policy)(whole);
}

const rejected = (words: RegExp) => ({
  ...{ ok: false, digest: expect.stringMatching(/^\w+$/), reason: expect.stringMatching(words) },
});

test('a body is as long as its text with the values filled in', () => {
  const fixed = templateOf('long', { body: `${'x'.repeat(1_000)}{{1}}{{1}}` });
  expect(read(fixed, { body_variable1: 'a'.repeat(12) })).toMatchObject({ ok: true });
  expect(read(fixed, { body_variable1: 'a'.repeat(13) })).toEqual(
    rejected(/^with its values the body has 1026 characters; WhatsApp takes at most 1024$/),
  );
  expect(read(fixed, { body_variable1: 'a'.repeat(13) }, 'send')).toMatchObject({ ok: true });
});

test('signs beyond the first 65,536 count once', () => {
  const fixed = templateOf('long', { body: `${'x'.repeat(1_020)}{{1}}` });
  expect(read(fixed, { body_variable1: '👍👍👍👍' })).toMatchObject({ ok: true });
  expect(read(fixed, { body_variable1: '👍👍👍👍👍' })).toEqual(rejected(/1025 characters/));
});

const ofPromo = { header_variable: 'Ada', body_variable1: '5%', button1_variable1: 'ada' };

test.each([
  [{ header_variable: 'a'.repeat(55) }, /the header has 61 characters; WhatsApp takes at most 60/],
  [{ header_variable: '' }, /header_variable is empty/],
  [{ button1_variable1: '' }, /button1_variable1 is empty, and button 1/],
  [{ button1_variable1: 'a'.repeat(1_981) }, /the address of button 1 has 2001 characters/],
])('a row of a template with header and buttons is rejected: %#', (change, words) => {
  expect(read(promo, ofPromo)).toMatchObject({ ok: true });
  expect(read(promo, { ...ofPromo, ...change })).toEqual(rejected(words));
});

test('a media header takes an address, or nothing where it has a default', () => {
  const image = (defaultValue: string | null) =>
    templateOf('image', { header: { type: 'image', text: null, defaultValue } });
  expect(read(image(null), { header_variable: 'https://example.com/a.jpg' })).toMatchObject({ ok: true });
  expect(read(image(null), { header_variable: 'Ada' })).toEqual(rejected(/must be the web address of its image/));
  expect(read(image(null), { header_variable: '' })).toEqual(rejected(/has no default image/));
  expect(read(image('https://example.com/d.jpg'), { header_variable: '' })).toMatchObject({ ok: true });
});

test('rows that fit are read as they are without a template', () => {
  const row = { phone_number: '6281234567890', body_variable1: 'Ada', body_variable2: '5' };
  const plain = compileReaderFor(undefined, Object.keys(row), undefined)(row);
  expect(compileReaderFor(reminder, Object.keys(row), undefined)(row)).toEqual(plain);
});
