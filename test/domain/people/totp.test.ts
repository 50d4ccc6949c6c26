import { expect, test } from '@jest/globals';
import { newRecoveryCodes, readRecoveryCode } from '../../../src/domain/people/recovery-codes.js';
import { base32, newTotpSecret, stepOfCode, totpAddress, totpCode } from '../../../src/domain/people/totp.js';

/** RFC 6238, appendix B, the rows of SHA-1. */
const key = Buffer.from('12345678901234567890');
const secret = base32(key);

test.each([
  [59, '94287082'],
  [1111111109, '07081804'],
  [1111111111, '14050471'],
  [1234567890, '89005924'],
  [2000000000, '69279037'],
  [20000000000, '65353130'],
])('at %i s the code is that of RFC 6238', (seconds, code) => {
  expect(totpCode(key, Math.floor(seconds / 30), 8)).toBe(code);
  expect(stepOfCode(secret, code.slice(2), new Date(seconds * 1_000))).toBe(Math.floor(seconds / 30));
});

test('base32 is that of RFC 4648', () => {
  for (const [text, encoded] of [
    ['f', 'MY'],
    ['fo', 'MZXQ'],
    ['foobar', 'MZXW6YTBOI'],
  ] as const)
    expect(base32(Buffer.from(text))).toBe(encoded);
});

test('a code of the step before or after is taken, and of no other', () => {
  const step = 1_000;
  const at = (steps: number) => new Date((step + steps) * 30_000);
  const code = totpCode(key, step);
  expect([-2, -1, 0, 1, 2].map((steps) => stepOfCode(secret, code, at(steps)))).toEqual([
    undefined,
    step,
    step,
    step,
    undefined,
  ]);
  for (const wrong of ['', '12345', '1234567', ' 94287', 'abcdef'])
    expect(stepOfCode(secret, wrong, at(0))).toBe(undefined);
});

test('a secret has 160 bits, and stands in the address that apps read', () => {
  const made = newTotpSecret();
  expect(made).toMatch(/^[A-Z2-7]{32}$/);
  expect(made).not.toBe(newTotpSecret());
  const address = new URL(totpAddress(made, 'a.b'));
  expect(address.protocol + address.host).toBe('otpauth:totp');
  expect(Object.fromEntries(address.searchParams)).toMatchObject({ secret: made, issuer: 'Siaran', digits: '6' });
});

test('recovery codes have 150 bits, and are read however they are written', () => {
  const codes = newRecoveryCodes();
  expect(new Set(codes).size).toBe(10);
  for (const code of codes) expect(code).toMatch(/^([A-Z2-7]{5}-){5}[A-Z2-7]{5}$/);
  const [first = ''] = codes;
  expect(readRecoveryCode(` ${first.toLowerCase().replaceAll('-', ' ')}`)).toBe(first);
  expect(readRecoveryCode('123456')).toBe(undefined);
  // As they were made earlier.
  expect(readRecoveryCode('abcde fghij klmno pqrst uvwxy')).toBe('ABCDE-FGHIJ-KLMNO-PQRST-UVWXY');
});
