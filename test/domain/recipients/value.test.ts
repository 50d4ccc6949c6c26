import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Doubts, doubtAbout } from '../../../src/domain/recipients/doubts.js';
import { ordinaryValueOf } from '../../../src/domain/recipients/ordinary-value.js';
import { compileRecipientReader, readLines } from '../../../src/domain/recipients/recipient.js';
import type { ValuePolicy } from '../../../src/domain/recipients/value.js';

const columns = [
  'phone_number',
  'customer_name',
  'header_variable',
  'body_variable1',
  'body_variable2',
  'button1_variable1',
];
const good = {
  phone_number: '6281527975868',
  customer_name: 'Ani',
  header_variable: 'Tagihan',
  body_variable1: 'INV-1',
  body_variable2: 'Rp 1.500.000',
  button1_variable1: 'inv-1',
};

function read(row: Record<string, unknown>, policy: ValuePolicy) {
  return compileRecipientReader(columns, 'ID', policy)({ ...good, ...row });
}

/** What is sent in the columns after the number; or why nothing is. */
function sent(row: Record<string, unknown>, policy: ValuePolicy): Record<string, string | undefined> | string {
  const reading = read(row, policy);
  if (!reading.ok) return reading.reason;
  const values = readLines(reading.line)[0] ?? [];
  return Object.fromEntries(Object.keys(row).map((column) => [column, values[columns.indexOf(column)]]));
}

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
        'header_variable begins as a web address and is none; write it whole, without spaces',
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

describe('what only looks like a mistake', () => {
  test.each([
    ...['#N/A', '#REF!', '#VALUE!', '#DIV/0!', '#NAME?', '#NULL!', '#NUM!', '#SPILL!', '#####', 'Err:502'].map(
      (text) => [text, 'spreadsheet_error'],
    ),
    ...['null', 'NULL', 'undefined', 'NaN', '[object Object]', 'Halo [object Object]', '\\N', 'None', '(null)'].map(
      (text) => [text, 'no_value'],
    ),
    ...['{{1}}', 'Halo {{ name }}', `\${name}`].map((text) => [text, 'placeholder']),
    ...['1.5E+10', '6.28E+12', '1e5', '1,5e-7'].map((text) => [text, 'scientific_notation']),
    ...['Tom &amp; Jerry', 'Halo<br>Ani', '<b>Ani</b>', '&nbsp;', '&#39;Ani&#39;'].map((text) => [text, 'markup']),
    ...['CafÃ©', 'Itâ€™s', 'PertamaÂ\u00a0kali'].map((text) => [text, 'wrongly_decoded']),
    ...[' Ani', 'Ani ', '\u00a0Ani'].map((text) => [text, 'outer_spaces']),
  ])('%j is sent, and counted as %s', (text, kind) => {
    const reading = read({ body_variable1: text }, 'reject');
    expect(reading).toMatchObject({ ok: true, doubts: [{ column: 'body_variable1', kind, example: text }] });
    expect(sent({ body_variable1: text }, 'send')).toEqual({ body_variable1: text });
  });

  test.each([
    'Nur',
    'nulla',
    'Nullah',
    'Nan Wei',
    'Ann',
    'E1',
    '1E',
    'Jl. E 5',
    '50%',
    'INV-2e',
    'Nona',
    'Nil Desperandum',
    '3 {x}',
    'A & B',
    "Jum'at",
    'a  b',
    'Rp 1,000',
  ])('%j looks like no mistake', (text) => {
    const reading = read({ body_variable1: text }, 'reject');
    expect(reading.ok && (reading.doubts ?? [])).toEqual([]);
  });

  test.each([
    ['button1_variable1', 'https://example.com/pay?id=7', 'whole_address'],
    ['button1_variable1', 'www.example.com/pay', 'whole_address'],
    ['header_variable', 'C:\\brochure.pdf', 'unreachable_media'],
    ['header_variable', 'file:///home/brochure.pdf', 'unreachable_media'],
    ['header_variable', 'www.example.com/a.png', 'unreachable_media'],
    ['header_variable', 'http://localhost/a.png', 'unreachable_media'],
    ['header_variable', 'https://drive.google.com/file/d/1x/view', 'unreachable_media'],
  ])('%s with %j is sent, and counted as %s', (column, text, kind) => {
    expect(read({ [column]: text }, 'reject')).toMatchObject({ ok: true, doubts: [{ column, kind, example: text }] });
  });

  test.each([
    ['button1_variable1', 'pay/7?a=b'],
    ['button1_variable1', 'inv-7'],
    ['header_variable', 'https://example.com/a.png?x=1&y=2'],
    ['header_variable', 'Promo 10:00/11:00'],
    ['body_variable1', 'https://example.com/pay?id=7'],
    ['body_variable1', 'JOÃO'],
    ['body_variable1', 'Âge'],
    ['body_variable1', 'a < b > c'],
  ])('%s with %j looks like no mistake', (column, text) => {
    expect(read({ [column]: text }, 'reject')).toMatchObject({ ok: true });
    expect(read({ [column]: text }, 'reject')).not.toMatchObject({ doubts: [expect.anything()] });
  });

  test('cleaned spaces are none', () => {
    expect(read({ body_variable1: ' Ani ' }, 'clean')).toMatchObject({ ok: true });
    expect(read({ body_variable1: ' Ani ' }, 'clean')).not.toHaveProperty('doubts');
  });

  test('an example has its numbers masked and is short', () => {
    const reading = read({ body_variable1: ` 0812-3456-7890 ${'x'.repeat(50)}` }, 'reject');
    expect(reading).toMatchObject({ doubts: [{ example: ` 0812-****-**90 ${'x'.repeat(24)}…` }] });
  });

  test('the quick look passes nothing that a close look has a doubt about or cleans', () => {
    const text = fc.array(
      fc.constantFrom(
        '#',
        'N',
        '/',
        'A',
        'n',
        'u',
        'l',
        '\\',
        '{',
        '}',
        '1',
        '.',
        'e',
        'E',
        '+',
        ' ',
        '\u200b',
        '(',
        ')',
        '!',
        'd',
        'f',
        'i',
        '$',
        '[',
        ',',
        '-',
        'a',
      ),
      { maxLength: 10 },
    );
    fc.assert(
      fc.property(text, (parts) => {
        const value = parts.join('');
        const reading = read({ body_variable1: value }, 'reject');
        const kinds = reading.ok ? (reading.doubts ?? []).map(({ kind }) => kind) : ['rejected'];
        const kind = doubtAbout(value, 'body_variable1');
        if (kind && !kinds.includes('rejected')) expect(kinds).toContain(kind);
        if (value.trim() !== value && !kinds.includes('rejected')) expect(kinds).toContain('outer_spaces');
        const cleaned = sent({ body_variable1: value }, 'clean');
        if (typeof cleaned !== 'string') expect(cleaned.body_variable1).toBe(value.replace(/\s+/g, ' ').trim());
      }),
      { numRuns: 20_000 },
    );
  });

  test('a column that is sometimes empty is doubtful, one that always is isn’t', () => {
    const list = (...values: string[]) => {
      const doubts = new Doubts();
      for (const header_variable of values) {
        const reading = read({ header_variable }, 'reject');
        if (reading.ok) doubts.add(reading.doubts);
      }
      return doubts.list();
    };
    expect(list('a', '', 'b', '')).toEqual([
      { column: 'header_variable', kind: 'sometimes_empty', example: '', count: 2 },
    ]);
    expect(list('', '', '')).toEqual([]);
    expect(list('a', 'b')).toEqual([]);
  });
});

test('the quick look passes no character alone that is invisible, odd or has to be written otherwise', () => {
  const looks = columns.slice(1).map(ordinaryValueOf);
  for (let code = 0; code < 0xd800; code++) {
    const mark = String.fromCharCode(code);
    const isOdd = /[\p{Default_Ignorable_Code_Point}\p{Cc}\s\u2800"\\]/u.test(mark);
    if (isOdd)
      for (const look of looks)
        expect([code, look.test(mark), look.test(`a${mark}b`)]).toEqual([code, false, mark === ' ']);
  }
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
