import type { Schema } from '../../../src/admin/document/document.js';
import type { Random } from '../../kill/scenes/random.js';

const texts = [
  '',
  ' ',
  'x'.repeat(201),
  'x'.repeat(3_000),
  'a\ud800b',
  '\udfff',
  'a\0b',
  '\u0001\u001b[31m',
  '\u202eabc',
  '\ufeff1',
  '😀'.repeat(60),
  "'; DROP TABLE runs; --",
  '<script>alert(1)</script>',
  '../../etc/passwd',
  '__proto__',
  'constructor',
  '%s%n',
  '-1',
  '1e400',
  'NaN',
  '0x10',
  '9'.repeat(40),
  '9223372036854775808',
  '1.5',
  'true',
  'null',
] as const;

/** Dates before and after those that Postgres has, and some that no calendar has. */
const dates = [
  '-271821-04-20T00:00:00.000Z',
  '-004714-01-01T00:00:00Z',
  '0000-01-01',
  '0001-01-01T00:00:00Z',
  '1969-12-31T23:59:59Z',
  '2026-02-30',
  '2027-01-05T25:61:00Z',
  '2027-01-05T02:00:00+99:00',
  '+010000-01-01T00:00:00Z',
  '+275760-09-13T00:00:00.000Z',
  '294277-01-01',
] as const;

const others = [
  ...[0, -1, 0.5, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308, true, false, null],
  ...[[], [null], [[]], ['a', 'a'], {}, { a: 1 }, { '\udfff': 1 }, { 'a\0': 1 }, { '': '' }],
] as const;

/** Written into an address as they stand. */
const rawTexts = [
  '%zz',
  '%',
  '%c3',
  '%ed%a0%80',
  '%00',
  '%ff%fe',
  '%2e%2e%2f',
  'a%0d%0ab',
  '+',
  ';',
  'x'.repeat(2_001),
];

/** A value of JSON that nobody expects, of another type or kind. */
export function hostileValue(dice: Random): unknown {
  const kind = dice.next();
  if (kind < 0.5) return dice.pick(texts);
  if (kind < 0.7) return dice.pick(dates);
  return kind < 0.995 ? dice.pick<unknown>(others) : 'x'.repeat(1_100_000);
}

/** A text that nobody expects, as it is written into an address. */
export function hostileParameter(dice: Random): string {
  const kind = dice.next();
  if (kind < 0.3) return dice.pick(rawTexts);
  return encoded(kind < 0.5 ? dice.pick(dates) : dice.pick(texts));
}

/** As a client writes it that checks nothing: half a character too. */
export function encoded(text: string): string {
  return [...text].map((part) => (/^\p{Cs}$/u.test(part) ? '%ed%a0%80' : encodeURIComponent(part))).join('');
}

/** What its schema still allows, and what it only just doesn't. */
export function boundaryValue(
  { minimum, maximum, maxLength, minItems, items, enum: words }: Schema,
  dice: Random,
): unknown {
  const values: unknown[] = [
    ...(minimum === undefined ? [] : [minimum, minimum - 1, minimum + 0.5]),
    ...(maximum === undefined ? [] : [maximum, maximum + 1]),
    ...(maxLength === undefined ? [] : ['x'.repeat(maxLength), 'x'.repeat(maxLength + 1), '😀'.repeat(maxLength / 2)]),
    ...(items === undefined ? [] : [[], Array.from({ length: (minItems ?? 1) + 1_000 }, () => 'x')]),
    ...(words ?? []),
    ...(words ?? []).map((word) => String(word).toUpperCase()),
  ];
  return values.length === 0 ? hostileValue(dice) : dice.pick(values);
}
