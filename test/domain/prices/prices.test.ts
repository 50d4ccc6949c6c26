import { describe, expect, test } from '@jest/globals';
import { costText } from '../../../src/domain/prices/describe-cost.js';
import { byCallingCode, costOf, type Price, readPrice } from '../../../src/domain/prices/prices.js';

function price(text: string): Price {
  const read = readPrice(text);
  if (!read) throw new Error(`${text} is no price`);
  return read;
}

const prices = new Map([
  [
    'marketing',
    new Map([
      ['62', price('586.33 IDR')],
      ['60', price('0.086 USD')],
      ['1', price('0.025 USD')],
    ]),
  ],
  ['utility', new Map([['62', price('356.65 IDR')]])],
]);

describe('what a run costs', () => {
  test('is added up exactly, each currency by itself', () => {
    const countByCallingCode = new Map([
      ['62', 300_000],
      ['60', 3],
      ['1', 7],
    ]);
    expect(costOf({ category: 'marketing', countByCallingCode }, prices)).toEqual({
      category: 'marketing',
      amounts: [
        { amount: '175899000.00', currency: 'IDR' },
        { amount: '0.433', currency: 'USD' },
      ],
      isWhole: true,
      unpriced: 0,
      unpricedCodes: [],
    });
  });

  test('has no rounding, where a sum of floating point numbers has', () => {
    const dimes = new Map([['utility', new Map([['62', price('0.1 USD')]])]]);
    const cost = costOf({ category: 'utility', countByCallingCode: new Map([['62', 3]]) }, dimes);
    expect(cost.amounts).toEqual([{ amount: '0.30', currency: 'USD' }]);
  });

  test('is not all known if a country has no price in this category', () => {
    const countByCallingCode = new Map([
      ['62', 10],
      ['65', 2],
      ['', 1],
    ]);
    const cost = costOf({ category: 'utility', countByCallingCode }, prices);
    expect(cost).toMatchObject({ isWhole: false, unpriced: 3, unpricedCodes: ['', '65'] });
    expect(costText(cost)).toBe('3,566.50 IDR; not all known: 3 people of no country, Singapore (65) have no price');
  });

  test.each(['authentication', null])('is not known at all of the category %j', (category) => {
    const cost = costOf({ category, countByCallingCode: new Map([['62', 1]]) }, prices);
    expect(cost.amounts).toEqual([]);
    expect(costText(cost)).toBe(
      category === null
        ? "not known: nobody has told the template's category"
        : 'not known: 1 person of Indonesia (62) has no price',
    );
  });

  test('is nothing for nobody', () => {
    const cost = costOf({ category: 'utility', countByCallingCode: new Map([['65', 0]]) }, prices);
    expect(cost.isWhole).toBe(true);
    expect(costText(cost)).toBe('nothing');
  });

  test('many countries without a price are not all named', () => {
    const countByCallingCode = new Map(['44', '49', '65', '60', '81'].map((code) => [code, 1]));
    expect(costText(costOf({ category: 'utility', countByCallingCode }, prices))).toMatch(
      /\(60\) and 2 others have no/,
    );
  });
});

describe('people by calling code', () => {
  test('are counted by what their numbers begin with', () => {
    expect(
      byCallingCode([
        ['628', 5],
        ['622', 1],
        ['852', 2],
        ['120', 3],
        ['999', 4],
      ]),
    ).toEqual(
      new Map([
        ['62', 6],
        ['852', 2],
        ['1', 3],
        ['', 4],
      ]),
    );
  });
});

describe('a price', () => {
  test.each(['0.0411 USD', '586.33 IDR', '0 USD', ' 12 EUR '])('is read: %j', (text) => {
    expect(readPrice(text)).toBeDefined();
  });

  test.each(['', '0.0411', 'USD', '0,0411 USD', '-1 USD', '1e3 USD', '0.0000001 USD', '1 usd', '1 USD IDR'])(
    'is none: %j',
    (text) => {
      expect(readPrice(text)).toBeUndefined();
    },
  );
});
