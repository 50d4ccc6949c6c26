import { expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import papaparse from 'papaparse';
import { BlankLines } from '../../src/input/bounds.js';
import { CsvScanner, lineEndsIn } from '../../src/input/csv-scanner.js';
import { openRecipients } from '../../src/input/read-recipients.js';
import { tries } from '../tries.js';

type Located = [line: number, record: string[]];

function scan(text: string, size: number, separator: ',' | ';'): Located[] {
  const scanner = new CsvScanner(separator, 1, new BlankLines('list'));
  const found: Located[] = [];
  const take = (isLast: boolean): void => {
    for (let record = scanner.next(isLast); record; record = scanner.next(isLast))
      found.push([scanner.recordLine, record]);
  };
  for (let at = 0; at < text.length; at += size) if (scanner.push(text.slice(at, at + size))) take(false);
  take(true);
  return found;
}

it('takes a record of 200,000 characters and none above, whatever the chunks', () => {
  const takes = (record: string, eol: string, size: number) => {
    try {
      return scan(`head${eol}${record}${eol}next`, size, ',').length;
    } catch (error) {
      return String(error);
    }
  };
  const plain = (length: number) => 'x'.repeat(length);
  const quoted = (length: number) => `"${'x'.repeat(length - 2)}"`;
  const quotedLines = (length: number) => `"${'x\n'.repeat(99_000).padEnd(length - 2, 'x')}"`;
  const wrong = (length: number) => `${'x'.repeat(length - 2)}"x`;
  for (const eol of ['\n', '\r\n', '\r'])
    for (const length of [200_000, 200_001])
      for (const record of [plain(length), quoted(length), quotedLines(length)])
        for (const size of [65_536, length + 6, length + 7, 1_000_000]) {
          const said = { length, eol, size, begin: record.slice(0, 4), took: takes(record, eol, size) };
          const expected = length <= 200_000 ? 3 : expect.stringContaining('longer than 200,000');
          expect(said).toEqual({ ...said, took: expected });
        }
  for (const size of [65_536, 1_000_000]) {
    expect(takes(wrong(200_000), '\n', size)).toContain('a quote');
    expect(takes(wrong(300_000), '\n', size)).toContain('longer than 200,000');
  }
});

const value = fc
  .array(fc.constantFrom('a', '"', ',', ';', '\n', '\r', '\r\n', ' ', '\t', '😀', '\u2028'), { maxLength: 6 })
  .map((parts) => parts.join(''));

it('gives every value back, each record with the line of an editor, whatever the chunks', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(value, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 }),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.constantFrom<',' | ';'>(',', ';'),
      fc.record({
        size: fc.integer({ min: 1, max: 9 }),
        spaces: fc.boolean(),
        blanks: fc.boolean(),
        end: fc.boolean(),
      }),
      (rows, eol, separator, { size, spaces, blanks, end }) => {
        // A first value keeps records from being blank lines.
        const records = rows.map((row) => ['x', ...row]);
        const quoted = (text: string) => {
          const isPlain = !/[",;\r\n]|^ /.test(text);
          return isPlain ? text : `${spaces ? '  ' : ''}"${text.replaceAll('"', '""')}"${spaces ? ' ' : ''}`;
        };
        let text = '';
        const expected: Located[] = [];
        records.forEach((record, at) => {
          if (blanks) text += `  ${eol}${eol}`;
          expected.push([lineEndsIn(text) + 1, record]);
          text += record.map(quoted).join(separator) + (at + 1 < records.length || end ? eol : '');
        });
        expect(scan(text, size, separator)).toEqual(expected);
      },
    ),
    { numRuns: tries(2_000) },
  );
});

it('takes a lone CR for a part of its value where lines end otherwise, and for a line end where they do not', () => {
  expect(scan('a,b\n1,x\ry\n2,z\r\n', 3, ',')).toEqual([
    [1, ['a', 'b']],
    [2, ['1', 'x\ry']],
    [4, ['2', 'z']],
  ]);
  expect(scan('a,b\r1,x\r2,y', 3, ',')).toEqual([
    [1, ['a', 'b']],
    [2, ['1', 'x']],
    [3, ['2', 'y']],
  ]);
});

it.each([
  'phone_number,customer_name\r6281234567890,a\r6281234567891,b',
  'phone_number,customer_name\r6281234567890,"a"\r6281234567891,b\r',
  'phone_number,customer_name\n6281234567890,"a\nb"\n6281234567891,b',
  'sep=;\r\nphone_number;customer_name\r\n6281234567890;a\r\n6281234567891;"b"\r\n',
])('gives the same rows wherever %j is split', async (text) => {
  const rowsOf = async (...chunks: string[]) => {
    const stream = (async function* () {
      for (const chunk of chunks) yield Buffer.from(chunk);
    })();
    const rows: unknown[] = [];
    for await (const row of (await openRecipients({ stream, name: 'list' })).rows) rows.push(row);
    return rows;
  };
  const whole = await rowsOf(text);
  expect(whole).toHaveLength(2);
  for (let at = 1; at < text.length; at++) {
    expect([at, await rowsOf(text.slice(0, at), text.slice(at))]).toEqual([at, whole]);
    expect([at, await rowsOf(text.slice(0, at), text.slice(at, at + 1), text.slice(at + 1))]).toEqual([at, whole]);
  }
});

it('reads what others write', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(value, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 }),
      fc.constantFrom<',' | ';'>(',', ';'),
      fc.constantFrom('\n', '\r\n'),
      fc.boolean(),
      (rows, separator, eol, quoted) => {
        const records = rows.map((row) => ['x', ...row]);
        const options = { delimiter: separator, record_delimiter: eol, quote_record_delimiter: true, quoted };
        const read = (text: string) => scan(text, 7, separator).map(([, record]) => record);
        expect(read(stringify(records, options))).toEqual(records);
        expect(read(papaparse.unparse(records, { delimiter: separator, newline: eol, quotes: quoted }))).toEqual(
          records,
        );
      },
    ),
    { numRuns: tries(1_000) },
  );
});

it('takes a text for the same rows as csv-parse does, or refuses it as csv-parse does', () => {
  const part = fc.constantFrom('a', 'b', '"', '"', '""', ',', ',', '\n', '\r\n', '6281');
  fc.assert(
    fc.property(fc.array(part, { maxLength: 14 }), fc.constantFrom('\n', '\r\n'), (parts, eol) => {
      const text = `h,i${eol}${parts.join('')}`;
      const attempt = (read: () => string[][]) => {
        try {
          return read();
        } catch {
          return 'refused';
        }
      };
      const ours = attempt(() => scan(text, 5, ',').map(([, record]) => record));
      const theirs = attempt(() =>
        parse(text, { record_delimiter: ['\r\n', '\n'], relax_column_count: true, skip_empty_lines: true }),
      );
      expect({ text, read: ours }).toEqual({ text, read: theirs });
    }),
    { numRuns: tries(5_000) },
  );
});
