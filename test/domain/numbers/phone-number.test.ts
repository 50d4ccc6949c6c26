import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { maskPhoneNumber, maskPhoneNumbersIn } from '../../../src/domain/numbers/mask-number.js';
import { compilePhoneNumberReader, isCountryCode } from '../../../src/domain/numbers/phone-number.js';
import { tries } from '../../tries.js';

const international = compilePhoneNumberReader();
const indonesian = compilePhoneNumberReader('ID');

function reasonOf(reading: ReturnType<typeof international>): string {
  return reading.ok ? `accepted as ${reading.digits}` : reading.reason;
}

describe('without a default country, bare digits are checked as fully as others', () => {
  it.each([
    ['81234567890', /no mobile number of Japan \(81\), but one of .*without its calling code.*SIARAN_DEFAULT_COUNTRY/],
    ['85212345678', /no valid number of Hong Kong \(852\).*SIARAN_DEFAULT_COUNTRY/],
    ['6262812345678', /calling code 62 twice/],
    ['+6262812345678', /calling code 62 twice/],
    ['620000000000', /no valid number of Indonesia \(62\)/],
  ])('%s is rejected', (value, reason) => {
    expect(reasonOf(international(value))).toMatch(reason);
  });

  it('drops the trunk zero that stands behind a calling code', () => {
    for (const read of [international, indonesian])
      expect(read('6208123456789')).toEqual({ ok: true, digits: '628123456789' });
  });

  it("takes land lines that are nobody else's mobile number, and all that are written with +", () => {
    expect(international('442071234567')).toEqual({ ok: true, digits: '442071234567' });
    expect(international('+81234567890')).toEqual({ ok: true, digits: '81234567890' });
    expect(international('+18005551234')).toEqual({ ok: true, digits: '18005551234' });
  });

  it('takes the digits for what they are where there is a default country', () => {
    expect(indonesian('81234567890')).toEqual({ ok: true, digits: '6281234567890' });
    expect(indonesian('85212345678')).toEqual({ ok: true, digits: '6285212345678' });
  });
});

it('an example in a reason is a number of the country that is meant', () => {
  expect(reasonOf(compilePhoneNumberReader('SG')('abc'))).toMatch(/such as 6581234567$/);
  expect(reasonOf(compilePhoneNumberReader('SG')('123456789012'))).toMatch(/neither of SG .*such as 6581234567$/);
  expect(reasonOf(international('85212345678'))).toMatch(/such as 852\d{8}\b/);
  expect(reasonOf(international('abc'))).toMatch(/such as 6281234567890$/);
});

describe('what is no phone number is rejected with what would be right', () => {
  it.each([
    ['6.28153E+12', /scientific notation.*spreadsheet.*format the column as text/],
    ['6,28153E+12', /scientific notation/],
    ['6281527975868.0', /decimal.*spreadsheet/],
    ['6281527975868,00', /decimal/],
    ['', /is empty/],
    [' \u200b ', /is empty/],
    ['MY.2035200694071263', /is a business-scoped user id of WhatsApp, not a phone number/],
    ['ID.1A2b3C4d5E6f', /is a business-scoped user id/],
    ['mailto:6281527975868', /letters/],
    ['https://example.com/6281527975868', /letters/],
    ['6281527975868@g.us', /letters/],
    ['6262812345678', /calling code 62 twice/],
    ['+6262812345678', /calling code 62 twice/],
    ['customer', /letters/],
    ['6281527975868a', /letters/],
    ['+62 815-2797-5868 ext 5', /extension/],
    ['+6281527975868x12', /extension/],
    ['0815', /too short/],
    ['+620000', /too short/],
    ['628152797586812', /too long for it|no valid number/],
    ['+628152797586812', /no valid number/],
    ['620000000000', /no valid number/],
    ['62815279758681234', /too long/],
    ['+6281527975868 / 0815', /too long/],
    ['+4953516878857603', /too long/],
    ['8'.repeat(1_000_000), /too long/],
    ['081527975868, 081527975869', /several numbers/],
    ['081527975868/081527975869', /several numbers/],
    ['+6281527975868 +6281527975869', /several numbers/],
    ['+99912345678', /valid number/],
    ['62815\u00002797586', /\\u0000/],
    ['\ud83062815279758', /in it/],
  ])('%.30j', (value, reason) => {
    const reading = reasonOf(indonesian(value));
    expect(reading).toMatch(reason);
    expect(reading.length).toBeLessThan(300);
    expect(reading.replace(/such as \d+/, '')).not.toMatch(/\d{8}/);
  });

  it.each(['ID', 'MY', 'SG', 'IN', 'BR', 'US', 'GB', 'DE', 'JP', undefined] as const)(
    'what a program wrote behind a number is no digit of it (%s)',
    (country) => {
      const read = compilePhoneNumberReader(country);
      for (const number of [
        '81234567890',
        '081234567890',
        '+6281234567890',
        '6281234567890',
        '0812345678',
        '0123456789',
      ])
        for (const end of ['.0', '.00', ',0', ',00', '.', '-1', '-12'])
          expect([number + end, read(number + end)]).toEqual([number + end, expect.objectContaining({ ok: false })]);
    },
  );

  it('a number that was cut is not read as a land line that begins with the calling code', () => {
    for (const cut of ['628123456', '62812345', '6212345678', '62812/3456'])
      expect([cut, reasonOf(indonesian(cut))]).not.toEqual([cut, expect.stringMatching(/^accepted as 6262/)]);
  });

  it('numbers of six digits, which no mobile phone has, are refused', () => {
    for (const short of ['+431234', '+430800', '431234'])
      expect(reasonOf(compilePhoneNumberReader('AT')(short))).not.toMatch(/^accepted/);
  });

  it('groups of two digits are read', () => {
    expect(indonesian('0812-34-56-78-90')).toEqual({ ok: true, digits: '6281234567890' });
    expect(compilePhoneNumberReader('FR')('06.12.34.56.78')).toEqual({ ok: true, digits: '33612345678' });
  });

  it('a national number of Brazil is read without the ninth digit', () => {
    expect(compilePhoneNumberReader('BR')('1187654321')).toMatchObject({ ok: true });
  });

  it('asks for a country where a national number has none', () => {
    expect(reasonOf(international('081527975868'))).toMatch(/SIARAN_DEFAULT_COUNTRY/);
    expect(reasonOf(international('0815-2797-5868'))).toMatch(/SIARAN_DEFAULT_COUNTRY/);
  });

  it('never gives anything but 8 to 15 digits, whatever comes in', () => {
    const anything = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[+0-9 ().,;/x-]{0,24}$/));
    fc.assert(
      fc.property(anything, fc.constantFrom(international, indonesian), (value, read) => {
        const reading = read(value);
        return reading.ok ? /^[1-9]\d{6,14}$/.test(reading.digits) : reading.reason.length > 0;
      }),
      { numRuns: tries(2_000) },
    );
  });

  it('reads what it gave to the same number again', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^(\+|00|0|62|8)\d{7,13}$/), (value) => {
        const first = indonesian(value);
        return !first.ok || JSON.stringify(indonesian(`+${first.digits}`)) === JSON.stringify(first);
      }),
      { numRuns: tries(2_000) },
    );
  });
});

it('knows country codes', () => {
  expect(['ID', 'SG', 'id', 'XX', '', '62', 'constructor'].filter(isCountryCode)).toEqual(['ID', 'SG']);
});

it('masks numbers but for their first four and last two digits', () => {
  expect(maskPhoneNumber('6281527975868')).toBe('6281*******68');
  expect(maskPhoneNumber('+62 815-2797-5868')).toBe('+62 81*-****-**68');
  expect(maskPhoneNumber('0815')).toBe('****');
  for (const number of [
    '+62 812-3456-7890',
    '62 812 3456 7890',
    '0812-3456-7890',
    '(0812) 3456 7890',
    '+62.812.3456.7890',
    '62812–3456–7890',
    '٠٨١٢ ٣٤٥٦ ٧٨٩٠',
  ]) {
    const masked = maskPhoneNumbersIn(`no account for ${number}, it says`);
    expect([number, masked.match(/\p{Nd}/gu)?.length]).toEqual([number, 6]);
  }
  for (const text of [
    '2026-12-01 10:00:00',
    '10.0.0.12:5432',
    '192.168.100.200',
    'r8rcvcshr-0001',
    '1,250,000 rows',
    '7 of 1250000',
  ])
    expect(maskPhoneNumbersIn(text)).toBe(text);
  expect(maskPhoneNumbersIn('to +6281527975868, 081527975868 of 1250000 on 2026-12-01')).toBe(
    'to +6281*******68, 0815******68 of 1250000 on 2026-12-01',
  );
});
