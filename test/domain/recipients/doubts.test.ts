import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Doubts, doubtAbout } from '../../../src/domain/recipients/doubts.js';
import { ordinaryValueOf } from '../../../src/domain/recipients/ordinary-value.js';
import { tries } from '../../tries.js';
import { columns, read, sent } from './sent-values.js';

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
      { numRuns: tries(20_000) },
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
