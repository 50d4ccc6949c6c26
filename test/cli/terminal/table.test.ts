import { expect, test } from '@jest/globals';
import { describeBatches } from '../../../src/cli/terminal/describe-run.js';
import { table } from '../../../src/cli/terminal/output.js';

const heads = ['batch', 'status', 'recipients', 'starts', 'moved by', 'file', 'job', 'attempts', 'error'];
const starts = 'Thu 31 Dec 2026 09:00 WIB';
const error =
  'Qiscus gave no answer within 30 s, so that nobody knows whether it has sent the batch or will send it later';
const rows = [
  ['r7k2m0q9x-0001', 'unknown', 1_000, starts, 'dailyLimit', '29038402', '-', 1, error],
  ['r7k2m0q9x-0002', 'scheduled', 312, starts, '', '29038403', '14529081', 2, ''],
];

test('on a terminal of 80 columns no line is longer, no word is broken, and what is empty takes no line', () => {
  expect(table(heads, rows, 80).split('\n')).toEqual([
    'batch           status     recipients  starts                     moved by',
    '    file      job       attempts',
    '    error',
    'r7k2m0q9x-0001  unknown         1,000  Thu 31 Dec 2026 09:00 WIB  dailyLimit',
    '    29038402  -                1',
    '    Qiscus gave no answer within 30 s, so that nobody knows whether it has sent',
    '    the batch or will send it later',
    'r7k2m0q9x-0002  scheduled         312  Thu 31 Dec 2026 09:00 WIB',
    '    29038403  14529081         2',
  ]);
});

test.each([80, 60, 40])('within %i columns all words stand as they are in a wide one', (room) => {
  const narrow = table(heads, rows, room);
  expect(Math.max(...narrow.split('\n').map((line) => line.length))).toBeLessThanOrEqual(room);
  const words = (text: string) => text.split(/\s+/).filter(Boolean);
  expect(words(narrow)).toEqual(words(table(heads, rows)));
});

test('where there is room, and where nobody sees how much there is, each row is one line', () => {
  for (const room of [300, undefined]) expect(table(heads, rows, room).split('\n')).toHaveLength(3);
  expect(describeBatches([]).split('\n')).toHaveLength(1);
});
