import { expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { readLines, writeLine } from '../../src/domain/recipients/recipient.js';
import { type BroadcastCsv, broadcastCsv, plainBroadcastCsv } from '../../src/qiscus/broadcast-csv.js';
import { tries } from '../tries.js';

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
    { numRuns: tries(1_000) },
  );
});

const plainColumns = ['phone_number', 'customer_name', 'body_variable1'];
const plainOf = (lines: string, count = 1) => plainBroadcastCsv(plainColumns, ',', { lines, count })?.toString();

test('a file that is made of lines without reading them is the same to the byte, and there is none where it would not be', () => {
  const plainValue = fc.oneof(fc.constantFrom('', 'Budi Santoso', 'Rp 1.250.000', 'é', '😀', "'", '[x]', ']'), value);
  let made = 0;
  fc.assert(
    fc.property(
      columns,
      fc.constantFrom(',', ';'),
      fc.array(fc.tuple(plainValue, plainValue), { minLength: 1, maxLength: 3 }),
      (names, separator, rows) => {
        const lines = rows.map((values, at) => writeLine([String(6281200000000 + at), ...values])).join('\n');
        const file = plainBroadcastCsv(names, separator as ',', { lines, count: rows.length });
        if (!file) return;
        made += 1;
        expect(file).toEqual(csvOf(broadcastCsv(names, separator as ',', readLines(lines))));
      },
    ),
    { numRuns: tries(2_000) },
  );
  expect(made).toBeGreaterThan(tries(50));
});

test('what is ordinary needs no reading', () => {
  const line = '["6281200000000","Budi Santoso","Rp 1.250.000 [lunas] é 😀"]';
  const row = '6281200000000,Budi Santoso,Rp 1.250.000 [lunas] é 😀\r\n';
  expect(plainOf(line)).toBe(`phone_number,customer_name,body_variable1\r\n${row}`);
  expect(plainOf(`${line}\n${line}`, 2)).toBe(`phone_number,customer_name,body_variable1\r\n${row}${row}`);
});

test.each([
  ['a comma', '["62812","a,b",""]'],
  ['a semicolon', '["62812","a;b",""]'],
  ['an escape', '["62812","a\\"b",""]'],
  ['an escaped separator', '["62812","a\\",\\"b",""]'],
  ['an outer space', '["62812"," a",""]'],
  ['a space at the end', '["62812","a","b "]'],
  ['a no-break space', '["62812","a\u00a0b",""]'],
  ['a half character', '["62812","a\ud83d",""]'],
  ['a value too few', '["62812","a"]'],
  ['a value too many', '["62812","a","",""]'],
  ['values of two lines in one', '["62812","a"]\n["62813","a","",""]'],
  ['no number', '["06281","a",""]'],
  ['a number that is none', '["62812x","a",""]'],
  ['a null', '["62812",null,""]'],
  ['a line end behind the last line', '["62812","a",""]\n'],
  ['an empty line', '["62812","a",""]\n\n["62813","a",""]'],
  ['something in front', ' ["62812","a",""]'],
  ['nothing', ''],
])('lines with %s are read one by one', (_, lines) => {
  expect(plainOf(lines, lines.split('\n').length)).toBeUndefined();
});

test('lines that are fewer or more than the batch has are read one by one', () => {
  const line = '["62812","a",""]';
  expect([plainOf(line, 2), plainOf(`${line}\n${line}`, 1)]).toEqual([undefined, undefined]);
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
