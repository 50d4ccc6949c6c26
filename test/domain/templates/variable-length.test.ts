import { expect, test } from '@jest/globals';
import { variableLengthOf } from '../../../src/domain/templates/variable-length.js';

const columns = ['phone_number', 'customer_name', 'header_variable', 'body_variable1', 'body_variable2'];
const texts = { header: null, body: '{{1}}, {{2}}: {{1}}', footer: null, buttons: [] };
const row = ['6281234567890', 'a name that is in no message', 'head', '12345', '123'] as const;

test('each value counts as often as the message says it, and what it does not say counts nothing', () => {
  expect(variableLengthOf(texts, columns)(row)).toBe(2 * 5 + 3);
});

test('a header counts where it is read', () => {
  const withText = { ...texts, header: { type: 'text', text: '{{1}}', defaultValue: null } } as const;
  expect(variableLengthOf(withText as never, columns)(row)).toBe(4 + 13);
  const withImage = { ...texts, header: { type: 'image', text: null, defaultValue: null } } as const;
  expect(variableLengthOf(withImage as never, columns)(row)).toBe(13);
});

test('of a text that is not known each value of the body counts once', () => {
  expect(variableLengthOf({ ...texts, body: null }, columns)(row)).toBe(8);
});
