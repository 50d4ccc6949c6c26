import { describe, expect, it } from '@jest/globals';
import { compileColumnOf, fitHeads, readFitting } from '../../../src/domain/columns/column-map.js';
import { ignoreFlag, mapFlag, parseColumnMap, parseHeads } from '../../../src/domain/columns/column-map-text.js';
import { guessColumns } from '../../../src/domain/columns/guess-columns.js';

describe('a map as it is written', () => {
  it.each([
    ['Phone Number=phone_number,Nama=customer_name', { 'Phone Number': 'phone_number', Nama: 'customer_name' }],
    [' HP = phone_number , Notes= ', { HP: 'phone_number', Notes: '' }],
    [
      '"Nama, lengkap"=customer_name,"a=b"=body_variable1',
      { 'Nama, lengkap': 'customer_name', 'a=b': 'body_variable1' },
    ],
    ['"Layar 5"""=body_variable1', { 'Layar 5"': 'body_variable1' }],
  ])('is read: %s', (text, map) => {
    expect(parseColumnMap(text)).toEqual({ map });
  });

  it.each(['', 'HP', 'HP=phone_number,', '=phone_number', 'HP:phone_number', 'a"b=phone_number', 'a=b=c'])(
    'is refused with an example: %j',
    (text) => {
      expect(parseColumnMap(text)).toEqual({ fault: expect.stringContaining('Phone Number=phone_number') });
    },
  );

  it('names no head twice', () => {
    expect(parseColumnMap('HP=phone_number,HP=customer_name')).toEqual({ fault: 'it names "HP" twice' });
  });

  it('comes back as it was', () => {
    const heads = ['Nama, lengkap', 'a=b', 'Layar 5"', "Ani's", 'plain', '$HOME `x`'];
    const unquoted = (flag: string) =>
      flag
        .replace(/^--\S+ /, '')
        .slice(1, -1)
        .replaceAll(`'\\''`, "'");
    expect(parseHeads(unquoted(ignoreFlag(heads)))).toEqual({ heads });
    const pairs = heads.map((head) => [head, 'body_variable1'] as const);
    expect(parseColumnMap(unquoted(mapFlag(pairs)))).toEqual({ map: Object.fromEntries(pairs) });
    expect(parseHeads('Notes=')).toEqual({ fault: expect.stringContaining('"Notes,Kota"') });
  });
});

describe('a fitting', () => {
  it('is the same in whatever order it was written', () => {
    const one = readFitting({ map: { b: 'body_variable2', a: 'body_variable1' }, ignoreColumns: ['y', 'x'] });
    const other = readFitting({ map: { a: 'body_variable1', b: ' body_variable2' }, ignoreColumns: ['x', 'y', 'x '] });
    expect(JSON.stringify(one)).toBe(JSON.stringify(other));
    expect(one.faults).toEqual([]);
  });

  it.each([
    [{ map: { HP: 'phone' } }, /"HP" can't become "phone", which is not a column; the columns are phone_number/],
    [{ map: { HP: 'phone_number' }, ignoreColumns: ['HP'] }, /"HP" is both in map and in ignoreColumns/],
    [{ map: ['HP'] }, /map must be an object such as/],
    [{ map: { HP: 1 } }, /map must be an object such as/],
    [{ ignoreColumns: 'Notes' }, /ignoreColumns must be a list/],
    [{ map: { ' ': 'phone_number' } }, /one name is empty/],
  ])('%j has one fault', (request, fault) => {
    expect(readFitting(request).faults).toEqual([expect.stringMatching(fault)]);
  });

  it('takes a head that is written exactly before one that is like it', () => {
    const columnOf = compileColumnOf({ map: { Name: 'customer_name' }, ignoreColumns: ['NAME'] });
    expect(['Name', 'NAME', ' name '].map(columnOf)).toEqual(['customer_name', '', 'customer_name']);
    expect(fitHeads(['phone_number', 'constructor', '__proto__'], { map: {}, ignoreColumns: [] })).toEqual({
      columns: ['phone_number', 'constructor', '__proto__'],
      faults: [],
    });
  });
});

describe('what an unknown head was probably meant as', () => {
  const guess = (values: Record<string, string[]>, taken: string[] = []) =>
    Object.fromEntries(
      guessColumns(
        Object.entries(values).map(([head, of]) => ({ head, values: of })),
        taken,
      ),
    );

  it('is told by its name, then by its values', () => {
    expect(
      guess({ No: ['1', '2'], 'No. HP': ['0812-3456-7890', ''], Nama: ['Ani', 'Budi'], 'Body Variable 3': ['x'] }),
    ).toEqual({
      No: 'body_variable1',
      'No. HP': 'phone_number',
      Nama: 'customer_name',
      'Body Variable 3': 'body_variable3',
    });
    expect(guess({ A: ["'081234567890"], B: ['Siti Aminah'], C: ['Rp 1.500'], D: [''] })).toEqual({
      A: 'phone_number',
      B: 'customer_name',
      C: 'body_variable1',
      D: '',
    });
  });

  it('is nothing that is there already', () => {
    expect(
      guess({ Phone: ['081234567890'], Nama: ['Ani'] }, ['phone_number', 'customer_name', 'body_variable1']),
    ).toEqual({
      Phone: 'body_variable2',
      Nama: 'body_variable3',
    });
  });
});
