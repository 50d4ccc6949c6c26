import { expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import papaparse from 'papaparse';
import { encodeCsv, isReadBack, writeCsv, writeSpreadsheetCsv } from '../../../src/domain/runs/csv.js';
import { fromSpreadsheetCell } from '../../../src/domain/runs/spreadsheet-cell.js';
import { tries } from '../../tries.js';

/** What readers treat in a way of their own: all control characters, other line and paragraph ends, marks, quotes, separators. */
const special = [
  ...Array.from({ length: 0x20 }, (_, code) => String.fromCharCode(code)),
  ...Array.from({ length: 0x21 }, (_, code) => String.fromCharCode(0x7f + code)),
  ...[
    '\u2028',
    '\u2029',
    '\ufeff',
    '"',
    '""',
    ',',
    ';',
    '\r\n',
    ' ',
    '\u00a0',
    '\u200b',
    "'",
    '=',
    '|',
    '\\',
    '#',
    '😀',
  ],
];
const value = fc.oneof(
  { weight: 3, arbitrary: fc.array(fc.constantFrom(...special, 'a', '6289900000002'), { maxLength: 4 }).map(joined) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme' }) },
);

function joined(parts: readonly string[]): string {
  return parts.join('');
}

/** Readers that take any line end, that forgive quotes, and that guess; and a library that was written apart from csv-parse. */
function readings(text: string, separator: ',' | ';'): string[][][] {
  const anyEnd = { delimiter: separator, record_delimiter: ['\r\n', '\n', '\r'] };
  const bytes = Buffer.from(text, 'utf8');
  return [
    parse(bytes, anyEnd),
    parse(bytes, { ...anyEnd, relax_quotes: true, relax_column_count: true }),
    parse(bytes, { delimiter: separator }),
    withoutLast(papaparse.parse<string[]>(text, { delimiter: separator, newline: '\r\n' }).data),
    withoutLast(papaparse.parse<string[]>(text, { delimiter: separator }).data),
  ];
}

/** Papa Parse reads a last line end as the beginning of an empty line. */
function withoutLast(rows: string[][]): string[][] {
  expect(rows.at(-1)).toEqual(['']);
  return rows.slice(0, -1);
}

test.each([',', ';'] as const)('each special character comes through in each column, separated by %s', (separator) => {
  const misread: unknown[] = [];
  for (const text of special.flatMap((mark) => [mark, `a${mark}`, `${mark}a`, `Halo${mark}6289900000002`, mark + mark]))
    for (const at of [1, 2, 3]) {
      const row = ['6281234567890', 'Ani', 'b', 'c'];
      row[at] = text;
      const rows = [
        ['phone_number', 'customer_name', 'body_variable1', 'body_variable2'],
        row,
        ['6281234567891', '', '', ''],
      ];
      const written = JSON.stringify(rows);
      for (const read of readings(writeCsv(rows, separator), separator))
        if (JSON.stringify(read) !== written) misread.push({ text, at, read });
    }
  expect(misread).toEqual([]);
});

test('whatever the values, every reader reads the same rows', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(',' as const, ';' as const),
      fc.array(fc.tuple(value, value, value), { minLength: 1, maxLength: 10 }),
      fc.integer({ min: 0, max: 3 }),
      (separator, values, at) => {
        const rows = values.map((row, number) => row.toSpliced(at, 0, String(6281200000000 + number)));
        const text = writeCsv(rows, separator);
        for (const read of readings(text, separator)) expect(read).toEqual(rows);
        expect(encodeCsv(rows, separator)?.toString()).toBe(text);
      },
    ),
    { numRuns: tries(2_000) },
  );
});

test.each([
  ['a line feed', 'phone_number,body_variable1\r\n6281234567890,Halo\n6289900000002\r\n'],
  ['a carriage return', 'phone_number,body_variable1\r\n6281234567890,Halo\r6289900000002\r\n'],
])('a file with %s outside of quotes is not taken for its rows', (_, text) => {
  const lineBreak = text.includes('Halo\n') ? '\n' : '\r';
  const rows = [
    ['phone_number', 'body_variable1'],
    ['6281234567890', `Halo${lineBreak}6289900000002`],
  ];
  expect(isReadBack(Buffer.from(text), rows, ',')).toBe(false);
  expect(isReadBack(Buffer.from(writeCsv(rows, ',')), rows, ',')).toBe(true);
});

test('half a character, which UTF-8 can not carry, is noticed', () => {
  const rows = [['6281234567890', 'a\ud800,b']];
  expect(encodeCsv(rows, ',')).toBeUndefined();
  expect(encodeCsv([['6281234567890', 'a\ud800']], ',')).toBeUndefined();
});

test.each([
  ['=HYPERLINK("http://example.com")', `'=HYPERLINK("http://example.com")`],
  ['+cmd|calc', "'+cmd|calc"],
  ['-1+1', "'-1+1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1+1', "'\t=1+1"],
  ['\r=1+1', "'\r=1+1"],
  ['＝1+1', "'＝1+1"],
  ["'=1+1", "''=1+1"],
  ["''@a", "'''@a"],
  ["'-1500.00", "'-1500.00"],
  ["'tis", "'tis"],
  ["'", "'"],
  ['-1500.00', '-1500.00'],
  ['+6281234567890', '+6281234567890'],
  ['6281234567890', '6281234567890'],
  ['Ani = Budi', 'Ani = Budi'],
])('in a file for spreadsheets %j becomes %j, and a broadcast file keeps it', (cell, shown) => {
  expect(parse(writeSpreadsheetCsv([[cell]]))).toEqual([[shown]]);
  expect(fromSpreadsheetCell(shown)).toBe(cell);
  expect(parse(writeCsv([[cell]], ','))).toEqual([[cell]]);
});

test('whatever a value is, a file for spreadsheets tells it again', () => {
  const signs = fc.array(fc.constantFrom("'", '=', '+', '-', '@', '\t', '\r', '＝', '1', '.', ',', 'a', '%'), {
    maxLength: 6,
  });
  fc.assert(
    fc.property(fc.oneof(signs.map(joined), value), (cell) => {
      const rows: string[][] = parse(writeSpreadsheetCsv([['6281234567890', cell]]));
      expect(rows[0]?.map(fromSpreadsheetCell)).toEqual(['6281234567890', cell]);
    }),
    { numRuns: tries(2_000) },
  );
});
