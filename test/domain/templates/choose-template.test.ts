import { expect, test } from '@jest/globals';
import { chooseTemplate, readTemplateName } from '../../../src/domain/templates/choose-template.js';
import { templateOf } from './templates.js';

const id = templateOf('reminder', {}, { templateDetailId: 1 });
const en = templateOf('reminder', {}, { templateDetailId: 2, language: 'en' });
const other = templateOf('reminder', {}, { templateDetailId: 3, channelId: 9 });
const promo = templateOf('promo', {}, { templateDetailId: 4 });
const choose = (known: (typeof id)[], name: string, channelId?: number) => {
  const read = readTemplateName(name);
  if (!read) throw new Error(`${name} is no name`);
  return chooseTemplate(known, read, channelId);
};

test('the one that fits is chosen, by name, language and channel', () => {
  expect(choose([id, promo], 'reminder')).toEqual({ template: id });
  expect(choose([id, en], 'reminder:en')).toEqual({ template: en });
  expect(choose([id, other], 'reminder', 9)).toEqual({ template: other });
});

test.each([
  [
    [id, en],
    'reminder',
    undefined,
    /several templates "reminder": reminder:id \(channel 534, id 1\), reminder:en \(channel 534, id 2\); write its language/,
  ],
  [[id, other], 'reminder:id', undefined, /several templates "reminder:id": .*channel 9, id 3.*name its channel/],
  [[id, en], 'reminder:jv', undefined, /no template "reminder:jv"; there are reminder:id .*, reminder:en/],
  [[id], 'reminder', 9, /no template "reminder" of channel 9; there is reminder:id/],
  [[id, en, promo], 'remind', undefined, /no template "remind"\. There are promo, reminder\./],
  [[], 'remind', undefined, /None is known/],
])('what could be meant is named: %#', (known, name, channelId, words) => {
  expect(choose(known, name, channelId)).toEqual({ fault: expect.stringMatching(words) });
});

test.each(['', ':', 'a:b:c', 'a:', 7, undefined])('%p is no name of a template', (text) => {
  expect(readTemplateName(text)).toBeUndefined();
});
