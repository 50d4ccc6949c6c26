import { describe, expect, test } from '@jest/globals';
import { compileRecipientReader } from '../../../src/domain/recipients/recipient.js';
import type { ValuePolicy } from '../../../src/domain/recipients/value.js';
import { columns, read, sent } from './sent-values.js';

const clean = "which WhatsApp refuses; take it out, or have it cleaned: --values clean (values: 'clean')";

describe('a value that WhatsApp refuses', () => {
  test.each([
    ['a line feed', { body_variable1: 'Halo\nAni' }, `body_variable1 has a line break in it, ${clean}`, 'Halo Ani'],
    [
      'a carriage return',
      { body_variable2: 'Halo\rAni' },
      `body_variable2 has a line break in it, ${clean}`,
      'Halo Ani',
    ],
    ['CRLF', { body_variable1: 'Halo\r\nAni' }, `body_variable1 has a line break in it, ${clean}`, 'Halo Ani'],
    [
      'a line separator',
      { body_variable1: 'Halo\u2028Ani' },
      `body_variable1 has a line break in it, ${clean}`,
      'Halo Ani',
    ],
    ['a tab', { button1_variable1: 'a\tb' }, `button1_variable1 has a tab in it, ${clean}`, 'a b'],
    [
      'five spaces',
      { header_variable: 'a     b' },
      `header_variable has more than four spaces in a row in it, ${clean}`,
      'a b',
    ],
    [
      'five spaces of another kind',
      { body_variable1: 'a \u00a0 \u00a0 b' },
      `body_variable1 has more than four spaces in a row in it, ${clean}`,
      'a b',
    ],
  ])('%s rejects the row, is cleaned, or is sent as it is', (_, row, reason, cleaned) => {
    const [[column, value] = ['', '']] = Object.entries(row);
    expect(sent(row, 'reject')).toBe(reason);
    expect(sent(row, 'clean')).toEqual({ [column]: cleaned });
    expect(sent(row, 'send')).toEqual({ [column]: value });
  });

  test.each([
    ['nothing', '', 'body_variable1 is empty, which WhatsApp refuses; write a value, such as -'],
    [
      'white space',
      ' \u00a0 ',
      'body_variable1 has nothing visible in it, which WhatsApp refuses; write a value, such as -',
    ],
    [
      'zero-width characters',
      '\u200b\u2060',
      'body_variable1 has nothing visible in it, which WhatsApp refuses; write a value, such as -',
    ],
  ])('a body variable with %s in it is rejected, also where values are cleaned', (_, value, reason) => {
    expect(sent({ body_variable1: value }, 'reject')).toBe(reason);
    expect(sent({ body_variable1: value }, 'clean')).toMatch(
      /body_variable1 (is empty|has nothing visible in it), which/,
    );
    expect(sent({ body_variable1: value }, 'send')).toEqual({ body_variable1: value });
  });

  test.each(['reject', 'clean', 'send'] as const)(
    'the columns of header, buttons and name may be empty (%s)',
    (policy) => {
      const empty = { header_variable: '', button1_variable1: '', customer_name: '' };
      expect(sent(empty, policy)).toEqual(empty);
    },
  );

  test('a body that is longer than 1,024 characters is rejected, counted over all its values', () => {
    const half = 'x'.repeat(512);
    expect(sent({ body_variable1: half, body_variable2: half }, 'reject')).toEqual({
      body_variable1: half,
      body_variable2: half,
    });
    const reason = 'the values of the body have 1025 characters together; a body has at most 1024';
    expect(sent({ body_variable1: half, body_variable2: `${half}x` }, 'reject')).toBe(reason);
    expect(sent({ body_variable1: half, body_variable2: `${half}x` }, 'clean')).toBe(reason);
    expect(sent({ body_variable1: half, body_variable2: `${half}x` }, 'send')).toMatchObject({ body_variable1: half });
    const emoji = '😀'.repeat(600);
    expect(sent({ body_variable1: emoji }, 'reject')).toEqual({ body_variable1: emoji });
  });

  test('a header of text is at most 60 characters long, an address of media may be longer', () => {
    expect(sent({ header_variable: 'x'.repeat(61) }, 'reject')).toBe(
      'header_variable has 61 characters; a header has at most 60',
    );
    for (const none of ['https://example.com/a b.png', 'http:', 'https:///'])
      expect(sent({ header_variable: none }, 'reject')).toBe(
        "header_variable looks like a web address, but isn't a valid one; write it whole, without spaces",
      );
    const url = `https://example.com/${'x'.repeat(100)}.pdf`;
    expect(sent({ header_variable: url }, 'reject')).toEqual({ header_variable: url });
  });

  test('the values of an individual message’s buttons are looked at as those of columns are', () => {
    const row = (values: string) => ({
      phone_number: '6281527975868',
      button_params: JSON.stringify([{ type: 'url', values, index: 0 }]),
    });
    const readWith = (policy: ValuePolicy) => compileRecipientReader(['phone_number', 'button_params'], 'ID', policy);
    expect(readWith('reject')(row('a\nb'))).toMatchObject({ reason: `button_params has a line break in it, ${clean}` });
    expect(readWith('clean')(row('a\nb'))).toMatchObject({ line: JSON.stringify(Object.values(row('a b'))) });
    expect(readWith('send')(row('a\nb'))).toMatchObject({ line: JSON.stringify(Object.values(row('a\nb'))) });
    expect(readWith('reject')({ ...row(''), button_params: 'x' })).toMatchObject({
      reason: expect.stringContaining('button_params must be a JSON array'),
    });
  });
});

test.each(['reject', 'clean', 'send'] as const)('the name of a customer is always cleaned (%s)', (policy) => {
  expect(sent({ customer_name: '  Toko\tContoh \n Jaya ' }, policy)).toEqual({ customer_name: 'Toko Contoh Jaya' });
});

const controls = [
  ...Array.from({ length: 0x20 }, (_, code) => code),
  ...Array.from({ length: 0x21 }, (_, code) => 0x7f + code),
];

test('a control character is rejected in every column and with every policy, but for line ends and tabs', () => {
  for (const code of controls.filter((code) => ![0x9, 0xa, 0xd].includes(code)))
    for (const column of columns.slice(1))
      for (const policy of ['reject', 'clean', 'send'] as const) {
        const reason = sent({ [column]: `a${String.fromCharCode(code)}b` }, policy);
        const name = code === 0 ? 'NUL' : `U\\+${code.toString(16).toUpperCase().padStart(4, '0')}`;
        expect(reason).toMatch(new RegExp(`^${column} has a .*${name}`));
      }
});

test.each([
  ['a replacement character', 'Caf\ufffd', /^body_variable1 has a replacement character \(U\+FFFD\)/],
  ['half a character', 'Caf\ud83d', /^body_variable1 has half a character/],
])('%s is rejected with every policy', (_, value, reason) => {
  for (const policy of ['reject', 'clean', 'send'] as const)
    expect(sent({ body_variable1: value }, policy)).toMatch(reason);
});

test('a value of any length and kind is looked at quickly', () => {
  const wide = ['<b ', 'scontent', '{{', 'a ', '1.', 'nul', '\u200b', '&', ' '];
  for (const column of ['header_variable', 'body_variable1', 'button1_variable1'])
    for (const part of wide) {
      const value = `https://${part.repeat(100_000)}`.slice(0, 900_000);
      const start = performance.now();
      read({ [column]: value }, 'send');
      // A hundred times what it takes: it is to fail where the time grows with the square of the length.
      expect({ column, part, isQuick: performance.now() - start < 5_000 }).toEqual({ column, part, isQuick: true });
    }
});
