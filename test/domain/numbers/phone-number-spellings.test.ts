import { describe, expect, it } from '@jest/globals';
import { getCountries, getExampleNumber } from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/mobile/examples';
import { compilePhoneNumberReader } from '../../../src/domain/numbers/phone-number.js';

const international = compilePhoneNumberReader();
const indonesian = compilePhoneNumberReader('ID');

describe('a phone number becomes E.164 digits', () => {
  it.each([
    '6281527975868',
    '+6281527975868',
    '+62 815-2797-5868',
    ' 62 815 2797 5868\n',
    '+62 (0) 815 2797 5868',
    '006281527975868',
    '0062 815-2797-5868',
    '\u202a+62 815‑2797‑5868\u202c',
    '＋６２８１５２７９７５８６８',
  ])('%j reads the same with and without a default country', (value) => {
    expect(international(value)).toEqual({ ok: true, digits: '6281527975868' });
    expect(indonesian(value)).toEqual({ ok: true, digits: '6281527975868' });
  });

  it.each(['081527975868', '0815-2797-5868', '(0815) 2797.5868', '81527975868', '815 2797 5868'])(
    '%j is a national number of the default country',
    (value) => {
      expect(indonesian(value)).toEqual({ ok: true, digits: '6281527975868' });
    },
  );

  it.each(['6591234567', '+65 9123 4567', '006591234567', '14155552671', '60123456789'])(
    '%j is a foreign number to an Indonesian sender',
    (value) => {
      expect(indonesian(value)).toEqual({ ok: true, digits: value.replace(/\D/g, '').replace(/^00/, '') });
    },
  );

  it('takes a national number that begins with its own calling code for what it is', () => {
    const indian = compilePhoneNumberReader('IN');
    for (const national of ['9123456789', '9112345678', '9191234567']) {
      expect(indian(national)).toEqual({ ok: true, digits: `91${national}` });
    }
    expect(indian('919123456789')).toEqual({ ok: true, digits: '919123456789' });
  });

  it('reads a mobile number of every country canonically, internationally and nationally', () => {
    for (const country of getCountries()) {
      const example = getExampleNumber(country, examples);
      if (!example) continue;
      const digits = example.number.slice(1);
      const reader = compilePhoneNumberReader(country);
      const forms = [digits, example.number, example.formatInternational(), example.formatNational()];
      expect([country, ...forms.map((form) => reader(form))]).toEqual([
        country,
        ...forms.map(() => ({ ok: true, digits })),
      ]);
      expect([country, international(digits)]).toEqual([country, { ok: true, digits }]);
    }
  });
});

describe('numbers in two forms', () => {
  it.each([
    ['5215512345678', '525512345678'],
    ['+52 1 55 1234 5678', '525512345678'],
    ['525512345678', '525512345678'],
    ['5491123456789', '5491123456789'],
    ['541123456789', '541123456789'],
    ['5511987654321', '5511987654321'],
    ['551187654321', '551187654321'],
  ])('%s is sent as %s', (value, digits) => {
    for (const read of [international, indonesian]) expect(read(value)).toEqual({ ok: true, digits });
  });
});

describe('spellings that leave no doubt', () => {
  it.each([
    "'6281527975868",
    '\u20196281527975868',
    "'+62 815-2797-5868",
    'tel:+6281527975868',
    'tel:+62-815-2797-5868',
    'whatsapp:+6281527975868',
    'https://wa.me/6281527975868',
    'http://wa.me/+6281527975868',
    'wa.me/6281527975868?text=halo%20123',
    'https://api.whatsapp.com/send?phone=6281527975868&text=halo',
    'https://api.whatsapp.com/send/?phone=%2B6281527975868',
    '6281527975868@c.us',
    '6281527975868@s.whatsapp.net',
  ])('%j is read', (value) => {
    for (const read of [international, indonesian]) expect(read(value)).toEqual({ ok: true, digits: '6281527975868' });
  });

  it('reads what stands in a link with its calling code, and else as the default country has it', () => {
    expect(indonesian('https://wa.me/81312345678').ok && indonesian('https://wa.me/81312345678')).toEqual({
      ok: true,
      digits: '81312345678',
    });
    expect(indonesian("'081527975868")).toEqual({ ok: true, digits: '6281527975868' });
    expect(indonesian('tel:081527975868')).toEqual({ ok: true, digits: '6281527975868' });
  });
});
