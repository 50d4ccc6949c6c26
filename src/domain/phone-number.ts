import {
  type CountryCode,
  getCountries,
  getCountryCallingCode,
  isSupportedCountry,
  Metadata,
  type PhoneNumber,
  parseDigits,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max';

export type { CountryCode };
export type PhoneNumberReading = { ok: true; digits: string } | { ok: false; reason: string };

/** `ID`, `SG` …: an upper-case ISO 3166 code of a country that has a numbering plan. */
export function isCountryCode(text: string): text is CountryCode {
  return isSupportedCountry(text);
}

/** Keeps the first 4 and the last 2 digits, and whatever isn't a digit: `6281*******68`. Fewer than 8 digits are masked in full. */
export function maskPhoneNumber(text: string): string {
  const total = text.match(/\p{Nd}/gu)?.length ?? 0;
  let seen = 0;
  return text.replace(/\p{Nd}/gu, (digit) => {
    seen++;
    return total >= 8 && (seen <= 4 || seen > total - 2) ? digit : '*';
  });
}

/** WhatsApp's ids of messages have the recipient's number in them, written otherwise: only the end is kept. */
export function maskMessageId(id: string): string {
  return `…${id.slice(-6)}`;
}

/** Masks every run of 8 to 15 digits in a text, with or without a leading `+`. */
export function maskPhoneNumbersIn(text: string): string {
  return text.replace(/(?<!\d)\d{8,15}(?!\d)/g, maskPhoneNumber);
}

/** 8 digits or more, as people group them. */
const grouped = String.raw`\p{Nd}(?:[\s().\-\u2010-\u2015]{0,3}\p{Nd}){7,}`;
const date = String.raw`(?<!\d)\d{4}-[01]\d-[0-3]\d(?!-?\d)(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?`;
const groupedNumbers = new RegExp(grouped, 'gu');
const datesAndGroupedNumbers = new RegExp(`(${date})|${grouped}`, 'gu');

/** Masks every number of 8 digits or more in a text, also where its digits are grouped; dates are taken for numbers too. */
export function maskGroupedNumbersIn(text: string): string {
  return text.replace(groupedNumbers, maskPhoneNumber);
}

/** As `maskGroupedNumbersIn`, but leaves dates and instants as they are: for texts in which both stand. */
export function maskNumbersBesideDatesIn(text: string): string {
  return text.replace(datesAndGroupedNumbers, (found, isDate) => (isDate ? found : maskPhoneNumber(found)));
}

/** A text as it may stand in a reason: one line, short, and every number in it masked, also where its digits are grouped. */
export function showMasked(text: string): string {
  // Masked before it is shortened, so that no cut leaves half a number in the clear; the first cut is for speed.
  return shorten(maskGroupedNumbersIn(text.slice(0, 200)));
}

/** As `showMasked`, for what was meant as a phone number whatever stands between its digits. */
function showNumber(text: string): string {
  return shorten(maskPhoneNumber(text.slice(0, 200)));
}

/** As `showMasked`, without the quotes. */
export function excerptMasked(text: string): string {
  return cut(maskGroupedNumbersIn(text.slice(0, 200)));
}

function shorten(text: string): string {
  return JSON.stringify(cut(text));
}

function cut(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

/**
 * Compiles the reading of a phone number into E.164 digits without `+`.
 * The commonest forms are recognised by a pattern, 100 times as fast as libphonenumber, which reads all the others.
 */
export function compilePhoneNumberReader(defaultCountry?: CountryCode): (value: string) => PhoneNumberReading {
  const isCanonical = defaultCountry === undefined ? internationalForm() : canonicalForm(defaultCountry);
  const readNational = defaultCountry === undefined ? () => undefined : nationalForm(defaultCountry);
  return (value) => {
    if (value.length <= 15 && isCanonical(value)) return { ok: true, digits: value };
    const digits = value.length <= 30 ? readNational(value) : undefined;
    return digits === undefined ? readOther(value, defaultCountry) : { ok: true, digits };
  };
}

/** Whether digits begin with an assigned country calling code and are as long as a subscriber's number of it can be. */
function internationalForm(): (value: string) => boolean {
  const lengths = subscriberLengths();
  const digits = /^[1-9]\d{7,14}$/;
  return (value) => {
    if (!digits.test(value)) return false;
    // No calling code is the beginning of another one, so that at most one of the three is known.
    const mask =
      lengths.get(value.slice(0, 2)) ?? lengths.get(value.slice(0, 3)) ?? lengths.get(value.slice(0, 1)) ?? 0;
    return ((mask >> value.length) & 1) === 1;
  };
}

let lengthsByCallingCode: Map<string, number> | undefined;

/** Calling code → a bit for each length (the code included) of the mobile and land lines of its countries. */
function subscriberLengths(): Map<string, number> {
  if (lengthsByCallingCode) return lengthsByCallingCode;
  lengthsByCallingCode = new Map();
  for (const country of getCountries()) {
    const code = getCountryCallingCode(country);
    const plan = planOf(country);
    let mask = lengthsByCallingCode.get(code) ?? 0;
    // A plan's own list has service numbers in it, of up to 17 digits in Indonesia.
    for (const lines of [plan.type('MOBILE') ?? plan, plan.type('FIXED_LINE') ?? plan]) {
      for (const length of lines.possibleLengths()) mask |= code.length + length > 15 ? 0 : 1 << (code.length + length);
    }
    lengthsByCallingCode.set(code, mask);
  }
  return lengthsByCallingCode;
}

/**
 * Whether digits are a mobile number of the country in international form. Its calling code alone doesn't show that:
 * `9123456789` is an Indian mobile number in national form although India's calling code is 91.
 */
function canonicalForm(country: CountryCode): (value: string) => boolean {
  const mobile = planOf(country).type('MOBILE')?.pattern();
  if (!mobile) return () => false;
  const form = new RegExp(`^${getCountryCallingCode(country)}(?:${mobile})$`);
  return (value) => form.test(value);
}

/** The mobile numbers of a country as people write them: `0815-2797-5868`, `81527975868`, `+62 815 2797 5868`. */
function nationalForm(country: CountryCode): (value: string) => string | undefined {
  const mobile = planOf(country).type('MOBILE')?.pattern();
  if (!mobile) return () => undefined;
  const code = getCountryCallingCode(country);
  const trunk = planOf(country).nationalPrefix();
  const form = new RegExp(`^(?:\\+${code}|${trunk ?? ''})??(${mobile})$`);
  return (value) => {
    const national = form.exec(value.replace(/[ ().-]+/g, ''))?.[1];
    return national === undefined ? undefined : code + national;
  };
}

interface MobilePlan {
  possibleLengths(): number[];
  // The library's types lack these two; its own parser is built on them.
  nationalPrefix(): string | undefined;
  type(name: 'MOBILE' | 'FIXED_LINE'): { pattern(): string | undefined; possibleLengths(): number[] } | undefined;
}

function planOf(country: CountryCode): MobilePlan {
  const metadata = new Metadata();
  metadata.selectNumberingPlan(country);
  return metadata.numberingPlan as unknown as MobilePlan;
}

function readOther(value: string, country: CountryCode | undefined): PhoneNumberReading {
  const fault = faultOf(value);
  if (fault) return { ok: false, reason: fault };
  const digits = parseDigits(value);
  const found = plain(value).trim().startsWith('+') ? inInternationalForm(digits) : inAnyForm(digits, country);
  // Some numbering plans list lengths that E.164 doesn't allow.
  if (found && found.number.length <= 16) return { ok: true, digits: found.number.slice(1) };
  return { ok: false, reason: `phone_number ${showNumber(value)} ${adviceFor(value, digits, country)}` };
}

/** Invisible marks come along when a number is copied from a contact list; full-width forms from East Asian keyboards. */
function plain(value: string): string {
  return value.normalize('NFKC').replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '');
}

const SPREADSHEET = 'a spreadsheet did this: format the column as text and enter the numbers again';

function faultOf(value: string): string | undefined {
  const fault = (what: string) => `phone_number ${showNumber(value)} ${what}`;
  if (value.length > 100) return fault('is too long for a phone number');
  const text = plain(value).trim();
  if (text === '') return 'phone_number is empty';
  if (/^\+?\d+([.,]\d*)?e[+-]?\d+$/i.test(text))
    return fault(`is in scientific notation, its last digits are lost; ${SPREADSHEET}`);
  if (/^\+?\d{7,}[.,]\d{0,2}$/.test(text)) return fault(`ends in a decimal; ${SPREADSHEET}`);
  if (/\d\s*(?:[;,]?\s*(?:ext(?:ension)?|x)[.=:\s]*|#\s*)\d+$/i.test(text)) {
    return fault('has an extension; WhatsApp knows none, write the number without it');
  }
  const parts = text.split(/[,;/|&\n\t]|(?!^)\+/).filter((part) => parseDigits(part).length >= 7);
  if (parts.length > 1) return fault('holds several numbers; write one number in each row');
  if (/\p{L}/u.test(text)) return fault('has letters in it; write digits only, such as 6281234567890');
  const odd = /[^\p{Nd}\s+().\-/\u2010-\u2015\u2212~]|(?!^)\+/u.exec(text)?.[0];
  if (odd !== undefined) return fault(`has ${JSON.stringify(odd)} in it; write digits only, such as 6281234567890`);
  return undefined;
}

function parse(text: string, country?: CountryCode): PhoneNumber | undefined {
  return parsePhoneNumberFromString(text, { extract: false, ...(country && { defaultCountry: country }) });
}

/**
 * A plausible length is enough where the country is certain: numbering plans grow faster than the metadata is updated.
 * What only became plausible by dropping a digit is not.
 */
function inInternationalForm(digits: string): PhoneNumber | undefined {
  const number = parse(`+${digits}`);
  if (!number || number.isValid()) return number;
  const lengths = subscriberLengths().get(number.countryCallingCode) ?? 0;
  return number.number === `+${digits}` && ((lengths >> digits.length) & 1) === 1 ? number : undefined;
}

function isMobile(number: PhoneNumber | undefined): boolean {
  const type = number?.getType();
  return type === 'MOBILE' || type === 'FIXED_LINE_OR_MOBILE';
}

/**
 * Digits without `+` may be international with or without `00`, or national with or without the leading zero (which a
 * spreadsheet strips). Several readings can be valid at once, as `6591234567` is a land line of Medan and a mobile number of
 * Singapore: a mobile one wins, as nearly all of WhatsApp's are, and else the first of canonical, national and foreign.
 */
function inAnyForm(digits: string, country: CountryCode | undefined): PhoneNumber | undefined {
  if (/^00[1-9]/.test(digits)) {
    const number = inInternationalForm(digits.slice(2));
    if (number?.isValid() || !country) return number;
  }
  if (digits.startsWith('0')) {
    const national = country && parse(digits, country);
    return national?.isValid() ? national : undefined;
  }
  const international = inInternationalForm(digits);
  if (!country) return international;
  const own = digits.startsWith(getCountryCallingCode(country));
  const national = parse(digits, country);
  const valid = (own ? [international, national] : [national, international]).filter((number) => number?.isValid());
  if (valid.length < 2) return valid[0] ?? (own ? international : undefined);
  return valid.find(isMobile) ?? valid[0];
}

function adviceFor(value: string, digits: string, country: CountryCode | undefined): string {
  const national = digits.startsWith('0') && !digits.startsWith('00') && !plain(value).includes('+');
  if (national && !country) {
    return 'has no country: set SIARAN_DEFAULT_COUNTRY, or write it internationally, such as 6281234567890';
  }
  const example = 'write it internationally, such as 6281234567890';
  if (digits.length < 8) return `is too short; ${example}`;
  if (digits.length > 15) return `is too long, a phone number has at most 15 digits; ${example}`;
  if (!country) return `does not begin with a country's calling code, or is too short or too long for it; ${example}`;
  return `is no valid number, neither of ${country} nor internationally; ${example}`;
}
