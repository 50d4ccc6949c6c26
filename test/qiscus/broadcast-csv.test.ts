import { expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { broadcastCsv } from '../../src/qiscus/broadcast-csv.js';

/** What the recipient reader lets through: any text that UTF-8 can carry, but for NUL. */
const value = fc.oneof(
  fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', '')),
  fc.constantFrom(
    '"',
    '""',
    ',',
    ';',
    '\n',
    '\r\n',
    '\r',
    ' lead',
    'trail ',
    '',
    '😀',
    'مرحبا',
    '=1+1',
    '\ufeffBOM',
    '\t',
    "'",
  ),
  fc.array(fc.constantFrom('"', ',', ';', '\n', '\r', ' ', 'a'), { maxLength: 6 }).map((parts) => parts.join('')),
);
const columns = fc.constantFrom(
  ['phone_number', 'customer_name', 'body_variable1'],
  ['customer_name', 'body_variable1', 'phone_number'],
  ['customer_name', 'phone_number', 'body_variable1'],
);

test('what is written is read back the same, whatever the values, the separator and the place of the number', () => {
  fc.assert(
    fc.property(
      columns,
      fc.constantFrom(',', ';'),
      fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 20 }),
      (names, separator, rows) => {
        const recipients = rows.map((values, at) => [String(6281200000000 + at), ...values]);
        const file = broadcastCsv(names, separator as ',' | ';', recipients);
        const read = parse(file, { delimiter: separator, columns: true }) as Record<string, string>[];
        const expected = rows.map(([customer_name, body_variable1], at) => ({
          phone_number: String(6281200000000 + at),
          customer_name,
          body_variable1,
        }));
        expect(read).toEqual(expected);
        expect(Object.keys(read[0] ?? {})).toEqual(names);
      },
    ),
    { numRuns: 1_000 },
  );
});

test('the file is UTF-8 without a byte order mark, with RFC 4180 line ends', () => {
  const file = broadcastCsv(['phone_number', 'customer_name'], ';', [['6281200000000', 'Ann; "A"']]);
  expect(file.toString('utf8')).toBe('phone_number;customer_name\r\n6281200000000;"Ann; ""A"""\r\n');
});
