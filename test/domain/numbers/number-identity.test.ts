import { describe, expect, it } from '@jest/globals';
import { identityOf } from '../../../src/domain/numbers/number-identity.js';

describe('one person has one identity', () => {
  it.each([
    ['5215512345678', '525512345678'],
    ['525512345678', '525512345678'],
    ['5491123456789', '541123456789'],
    ['541123456789', '541123456789'],
    ['5511987654321', '551187654321'],
    ['551187654321', '551187654321'],
    ['5511612345678', '5511612345678'],
  ])('%s is %s', (digits, identity) => {
    expect(identityOf(digits)).toBe(identity);
    expect(identityOf(identity)).toBe(identity);
  });

  it.each([
    ['5511932345678', 'a newer mobile number of Brazil, beside the land line 55 11 3234-5678'],
    ['551132345678', 'a land line of Brazil'],
    ['6281234567890', 'an Indonesian number of 13 digits'],
    ['5352345678', 'a Cuban one'],
    ['5219', 'too short'],
  ])('%s stays: %s', (digits) => {
    expect(identityOf(digits)).toBe(digits);
  });
});
