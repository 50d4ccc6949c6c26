import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parseConfig } from '../../src/config/config.js';

const env = { DATABASE_URL: 'postgres://x@localhost/x', REDIS_URL: 'redis://localhost' };
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'siaran-calendars-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function read(text: string) {
  const path = join(folder, 'calendars.yaml');
  writeFileSync(path, text);
  return parseConfig({ ...env, SIARAN_CALENDARS_FILE: path }).calendars;
}

test('no file, no calendars', () => {
  expect(parseConfig(env).calendars).toEqual(new Map());
});

test('a calendar is a list of dates, each with what it is called, in order', () => {
  const text = `
indonesia:
  - 2027-03-09 Nyepi
  - 2027-01-01 New Year's Day
  - 2027-03-09 Hari Raya
stocktaking: [2027-06-30]
`;
  expect(read(text)).toEqual(
    new Map([
      [
        'indonesia',
        new Map([
          ['2027-01-01', "New Year's Day"],
          ['2027-03-09', 'Nyepi, Hari Raya'],
        ]),
      ],
      ['stocktaking', new Map([['2027-06-30', '']])],
    ]),
  );
});

test.each([
  ['a colon behind the date', 'indonesia:\n  - 2027-01-01: New Year\n  - 2027-03-09:\n'],
  ['a mapping', 'indonesia:\n  2027-01-01: New Year\n  2027-03-09:\n'],
  ['JSON', '{"indonesia": ["2027-01-01 New Year", "2027-03-09"]}'],
])('%s does as well', (_, text) => {
  const dates = new Map([
    ['2027-01-01', 'New Year'],
    ['2027-03-09', ''],
  ]);
  expect(read(text)).toEqual(new Map([['indonesia', dates]]));
});

test.each([
  ['a: [2027-02-30]', /line 1: has the calendar "a", in which "2027-02-30" is no date; write 2027-01-01/],
  ['a:\n  - 2027-01-01\nb:\n  - New Year', /line 3: has the calendar "b", in which "New Year" is no date/],
  ['a: [[2027-01-01]]', /in which .* is no date/],
  [
    'a:\n  - 2027-03-09 - 2027-03-14 Lebaran',
    /2027-03-09 has another date behind it; write each date on a line of its own/,
  ],
  ['a:\n  - 2027-03-09: 2027-03-14', /2027-03-09 has another date behind it/],
  ['a: []', /has the calendar "a" without a list of dates; write for each calendar its name/],
  ['a: 2027-01-01', /has the calendar "a" without a list of dates/],
  ['- 2027-01-01', /is no mapping; write for each calendar its name/],
  ['a: [2027-01-01', /is neither YAML nor JSON/],
])('%j is refused', (text, message) => {
  expect(() => read(text)).toThrow(message);
});

test('a file that is not there is refused', () => {
  expect(() => parseConfig({ ...env, SIARAN_CALENDARS_FILE: join(folder, 'gone.yaml') })).toThrow(
    /SIARAN_CALENDARS_FILE: \S+gone\.yaml can't be read: there is no such file/,
  );
});
