import { expect, test } from '@jest/globals';
import { templateColumnFaults } from '../../../src/domain/templates/check-columns.js';
import { promo, reminder } from './templates.js';

const both = ['phone_number', 'body_variable1', 'body_variable2'];
const ofPromo = ['phone_number', 'header_variable', 'body_variable1', 'button1_variable1'];

test.each([
  [reminder, both, 'bulk'],
  [reminder, [...both, 'customer_name'], undefined],
  [reminder, both, 'individual'],
  [promo, ofPromo, 'bulk'],
  [promo, [...ofPromo, 'button_type'], 'bulk'],
  [
    { ...promo, header: null, columns: ofPromo.filter((name) => name !== 'header_variable') },
    [...both.slice(0, 2), 'button_params'],
    'individual',
  ],
] as const)('columns that fit are found no fault with: %#', (template, columns, delivery) => {
  expect(templateColumnFaults(template, columns, delivery)).toEqual([]);
});

test.each([
  [
    reminder,
    both.slice(0, 2),
    /has 2 \(body_variable1, body_variable2\) of the body's variables, and the list has 1 \(body_variable1\)/,
  ],
  [reminder, ['phone_number'], /and the list has none/],
  [reminder, [...both, 'body_variable3'], /has 2 .* and the list has 3/],
  [reminder, [...both, 'header_variable'], /no place for the column header_variable: it has no header/],
  [reminder, [...both, 'button1_variable1'], /no place for the column button1_variable1: it has no button/],
  [reminder, [...both, 'button_type'], /no place for the column button_type: it has no button/],
  [promo, ofPromo.slice(0, 3), /needs the column button1_variable1\./],
  [promo, [...ofPromo, 'button2_variable1'], /button2_variable1: its button 2 \(quick_reply\) takes no value/],
  [promo, [...ofPromo, 'button3_variable1'], /button3_variable1: it has 2 buttons/],
  [
    promo,
    ofPromo.filter((name) => name !== 'header_variable'),
    /needs the column header_variable: its header has a value/,
  ],
  [
    { ...promo, header: { type: 'image', text: null, defaultValue: null } },
    ['phone_number', 'body_variable1', 'button1_variable1'],
    /header_variable: its header is an image without a default/,
  ],
] as const)('what does not fit is said: %#', (template, columns, words) => {
  expect(templateColumnFaults(template as typeof reminder, columns, 'bulk')).toEqual([expect.stringMatching(words)]);
});

test('a header with a value can not be sent individually', () => {
  expect(templateColumnFaults(promo, ofPromo, 'individual')).toEqual([expect.stringContaining('only be sent in bulk')]);
});
