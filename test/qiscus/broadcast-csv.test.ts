import { expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { type BroadcastCsv, broadcastCsv } from '../../src/qiscus/broadcast-csv.js';

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
        const file = csvOf(broadcastCsv(names, separator as ',' | ';', recipients));
        const record_delimiter = ['\r\n', '\n', '\r'];
        const read = parse(file, { delimiter: separator, columns: true, record_delimiter }) as Record<string, string>[];
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
  const file = csvOf(broadcastCsv(['phone_number', 'customer_name'], ';', [['6281200000000', 'Ann; "A"']]));
  expect(file.toString('utf8')).toBe('phone_number;customer_name\r\n6281200000000;"Ann; ""A"""\r\n');
});

test.each([
  ['a number that is none', ['+6281200000000', 'Ann']],
  ['a number with another one behind a line end', ['6281200000000\n6289900000002', 'Ann']],
  ['no number', ['', 'Ann']],
  ['a value too few', ['6281200000000']],
  ['a value too many', ['6281200000000', 'Ann', 'Bob']],
  ['half a character', ['6281200000000', 'Ann \ud83d']],
])('there is no file for a row with %s', (_, row) => {
  const rows = [['6281200000001', 'Ann'], row];
  expect(broadcastCsv(['phone_number', 'customer_name'], ',', rows)).toEqual({ ok: false, fault: expect.any(String) });
});

function csvOf(made: BroadcastCsv): Buffer {
  if (!made.ok) throw new Error(made.fault);
  return made.csv;
}
