import {
  type CountryCode,
  getCountryCallingCode,
  isSupportedCountry,
  type PhoneNumber,
  parseDigits,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max';
import { showNumber } from './mask-number.js';
import { identityOf, withNinthDigit } from './number-identity.js';
import { plainNumber, spellingFault } from './number-spelling.js';
import {
  callingCodeOf,
  countriesOfNationalMobile,
  countryNamedBy,
  exampleNumber,
  internationalMobileForm,
  isPlausibleLength,
  mobilePatternOf,
  nameCallingCode,
  nameCountry,
  planOf,
} from './numbering-plans.js';

export type { CountryCode };
/** Digits that may be a phone number of some country, without `+`: E.164 allows 15, and no mobile number has fewer than 7. */
export function isE164(digits: string): boolean {
  return /^[1-9]\d{6,14}$/.test(digits);
}

type PhoneNumberReading = { ok: true; digits: string } | { ok: false; reason: string };

/** `ID`, `SG` …: an upper-case ISO 3166 code of a country that has a numbering plan. */
export function isCountryCode(text: string): text is CountryCode {
  return isSupportedCountry(text);
}

/**
 * Compiles the reading of a phone number into E.164 digits without `+`.
 * The commonest forms are recognised by a pattern, 100 times as fast as libphonenumber, which reads all the others.
 */
export function compilePhoneNumberReader(defaultCountry?: CountryCode): (value: string) => PhoneNumberReading {
  const isCanonical = defaultCountry === undefined ? internationalMobileForm() : canonicalForm(defaultCountry);
  const readNational = defaultCountry === undefined ? () => undefined : nationalForm(defaultCountry);
  return (value) => {
    if (value.length <= 15 && isCanonical(value)) return { ok: true, digits: value };
    const digits = value.length <= 30 ? readNational(value) : undefined;
    return digits === undefined ? readOther(value, defaultCountry) : { ok: true, digits };
  };
}

/**
 * Whether digits are a mobile number of the country in international form. Its calling code alone doesn't show that:
 * `9123456789` is an Indian mobile number in national form although India's calling code is 91.
 */
function canonicalForm(country: CountryCode): (value: string) => boolean {
  const mobile = mobilePatternOf(country);
  if (!mobile) return () => false;
  const form = new RegExp(`^${getCountryCallingCode(country)}(?:${mobile})$`);
  return (value) => form.test(value);
}

/** The mobile numbers of a country as people write them: `0815-2797-5868`, `81527975868`, `+62 815 2797 5868`. */
function nationalForm(country: CountryCode): (value: string) => string | undefined {
  const mobile = mobilePatternOf(country);
  if (!mobile) return () => undefined;
  const code = getCountryCallingCode(country);
  const trunk = planOf(country).nationalPrefix();
  const form = new RegExp(`^(?:\\+${code}|${trunk ?? ''})??(${mobile})$`);
  return (value) => {
    // What a spreadsheet or a program wrote behind the number is no part of it: that is looked at closely.
    if (/\d{7}[.,-]\d{0,2}$/.test(value)) return undefined;
    const national = form.exec(value.replace(/[ ().-]+/g, ''))?.[1];
    return national === undefined ? undefined : code + national;
  };
}

function readOther(value: string, country: CountryCode | undefined): PhoneNumberReading {
  const refuse = (what: string) => ({ ok: false, reason: `phone_number ${showNumber(value)} ${what}` }) as const;
  if (value.length > 100) return refuse('is too long for a phone number');
  const text = plainNumber(value);
  if (text === '') return { ok: false, reason: 'phone_number is empty' };
  const fault = spellingFault(text, exampleNumber(country));
  if (fault !== undefined) return refuse(fault);
  const digits = parseDigits(text);
  const found = text.startsWith('+') ? inInternationalForm(digits) : inAnyForm(digits, country);
  // Some numbering plans list lengths that E.164 doesn't allow, and numbers of six digits, which no mobile phone has.
  if (!found || !isE164(found)) return refuse(adviceFor(text, digits, country));
  const doubt = doubtAbout(found, text, country);
  return doubt === undefined ? { ok: true, digits: found } : refuse(doubt);
}

function parse(text: string, country?: CountryCode): PhoneNumber | undefined {
  return parsePhoneNumberFromString(text, { extract: false, ...(country && { defaultCountry: country }) });
}

/**
 * A plausible length is enough where the country is certain: numbering plans grow faster than the metadata is updated.
 * What only became plausible by dropping a digit is not.
 */
function inInternationalForm(digits: string): string | undefined {
  const known = knownNumber(digits);
  if (known !== undefined) return known;
  const number = parse(`+${digits}`);
  const isPlausible = number?.number === `+${digits}` && isPlausibleLength(digits, number.countryCallingCode);
  return isPlausible ? digits : undefined;
}

/** The valid number that digits are in international form, without a trunk zero, and in a form that is still in use. */
function knownNumber(digits: string): string | undefined {
  const number = parse(`+${digits}`);
  if (number?.isValid()) return number.number.slice(1);
  // Mexico's numbers lost the 1 behind the calling code.
  const shorter = identityOf(digits);
  if (shorter !== digits) return parse(`+${shorter}`)?.isValid() ? shorter : undefined;
  const longer = withNinthDigit(digits);
  return longer !== undefined && parse(`+${longer}`)?.isValid() ? digits : undefined;
}

function isMobile(digits: string): boolean {
  const type = parse(`+${digits}`)?.getType();
  return type === 'MOBILE' || type === 'FIXED_LINE_OR_MOBILE';
}

/**
 * Digits without `+` may be international with or without `00`, or national with or without the leading zero (which a
 * spreadsheet strips). Several readings can be valid at once, as `6591234567` is a land line of Medan and a mobile number of
 * Singapore: a mobile one wins, as nearly all of WhatsApp's are, and else the first of canonical, national and foreign.
 */
function inAnyForm(digits: string, country: CountryCode | undefined): string | undefined {
  if (/^00[1-9]/.test(digits)) {
    const international = digits.slice(2);
    if (!country) return inInternationalForm(international);
    const number = knownNumber(international);
    if (number !== undefined) return number;
  }
  if (digits.startsWith('0')) return country && validNational(digits, country);
  const international = knownNumber(digits);
  // The country is only guessed at: a plausible length is too little.
  if (!country) return international;
  const own = digits.startsWith(getCountryCallingCode(country));
  const national = validNational(digits, country);
  // A land line that begins as the calling code does is more likely an international number that was cut.
  if (own && national !== undefined && !isMobile(national)) return international;
  const valid = (own ? [international, national] : [national, international]).filter((each) => each !== undefined);
  if (valid.length < 2) return valid[0] ?? (own ? inInternationalForm(digits) : undefined);
  return valid.find(isMobile) ?? valid[0];
}

function validNational(digits: string, country: CountryCode): string | undefined {
  const number = parse(digits, country);
  return number && knownNumber(number.number.slice(1));
}

/**
 * Why a number that is possible may still be another one than was meant; `undefined`: it can be none but this. Hardly anybody has
 * WhatsApp on a land line, so that digits which are one are more likely a mobile number whose leading zero a spreadsheet stripped.
 */
function doubtAbout(number: string, text: string, country: CountryCode | undefined): string | undefined {
  const code = callingCodeOf(number);
  if (code === undefined || isMobile(number)) return undefined;
  const rest = number.slice(code.length);
  if (rest.startsWith(code) && isMobile(rest))
    return `has the calling code ${code} twice; write it once, such as ${exampleNumber(countryNamedBy(rest))}`;
  if (country || !/^[1-9]/.test(text)) return undefined;
  if (withNinthDigit(number) !== undefined) return undefined;
  const others = countriesOfNationalMobile(number);
  const [other] = others;
  if (!other) return undefined;
  const named = others.length > 3 ? 'several countries' : others.map(nameCountry).join(', ');
  return `is no mobile number of ${nameCallingCode(code)}, but one of ${named} without its calling code; ${wayOut}`;
}

const wayOut = 'write it with + and the calling code, or set SIARAN_DEFAULT_COUNTRY';

function adviceFor(text: string, digits: string, country: CountryCode | undefined): string {
  const isNational = digits.startsWith('0') && !digits.startsWith('00') && !text.startsWith('+');
  if (isNational && !country)
    return `has no country: set SIARAN_DEFAULT_COUNTRY, or write it internationally, such as ${exampleNumber(undefined)}`;
  const international = digits.replace(/^00/, '');
  const code = callingCodeOf(international);
  const isForeign = country === undefined || text.startsWith('+') || digits.startsWith('00');
  const example = `write it internationally, such as ${exampleNumber(isForeign ? countryNamedBy(international) : country)}`;
  if (digits.length < 8) return `is too short; ${example}`;
  if (digits.length > 15) return `is too long, a phone number has at most 15 digits; ${example}`;
  if (!isForeign) return `is no valid number, neither of ${country} nor internationally; ${example}`;
  if (code === undefined) return `is no valid number, it does not begin with a country's calling code; ${example}`;
  const otherwise = text.startsWith('+') || country ? example : `${example}, or set SIARAN_DEFAULT_COUNTRY`;
  return `is no valid number of ${nameCallingCode(code)}: another length, or digits that are not in use there; ${otherwise}`;
}
