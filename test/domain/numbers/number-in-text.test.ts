import { describe, expect, test } from '@jest/globals';
import { searchNumber } from '../../../src/domain/numbers/number-in-text.js';

const found = (identity: string, ...pieces: string[]) => {
  const search = searchNumber(identity);
  return pieces.map((piece) => search.push(piece)).includes(true) || search.end();
};

describe('a number is found', () => {
  test.each([
    ['as it is', '6281234567890', ['a;6281234567890;b']],
    ['with signs in it', '6281234567890', ['"+62 812-3456-7890"']],
    ['as in its country', '6281234567890', ['0812.3456.7890\n']],
    ['in a sentence', '6281234567890', ['{"note":"call 62 812 3456 7890 please"}']],
    ['cut into pieces', '6281234567890', ['x,62812', '3456', '7890', ',y']],
    ['at the very end', '6281234567890', ['x,0812', '34567890']],
    ['with the 1 that it once had', '525512345678', ['5215512345678']],
    ['of a short plan, in a cell of its own', '6581234567', ['Tan,8123 4567,']],
  ])('%s', (_, identity, pieces) => expect(found(identity, ...pieces)).toBe(true));
});

describe('another number is not', () => {
  test.each([
    ['that is longer', '6581234567', ['4918123456700,x']],
    ['of two cells', '6281234567890', ['628123456,7890']],
    ['with the same last digits', '6281234567890', ['6281334567890\n0811-3456-7890']],
  ])('%s', (_, identity, pieces) => expect(found(identity, ...pieces)).toBe(false));
});
