import {
  type CountryCode,
  getCountries,
  getCountryCallingCode,
  getExampleNumber,
  Metadata,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/mobile/examples';

interface NumberingPlan {
  possibleLengths(): number[];
  // The library's types lack these; its own parser is built on them.
  nationalPrefix(): string | undefined;
  type(
    name: 'MOBILE' | 'FIXED_LINE' | 'TOLL_FREE',
  ): { pattern(): string | undefined; possibleLengths(): number[] } | undefined;
}

export function planOf(country: CountryCode): NumberingPlan {
  const metadata = new Metadata();
  metadata.selectNumberingPlan(country);
  return metadata.numberingPlan as unknown as NumberingPlan;
}

/** Of national mobile numbers. Where a plan has none of its own, as in the USA, mobile and land lines can't be told apart. */
export function mobilePatternOf(country: CountryCode): string | undefined {
  const plan = planOf(country);
  return plan.type('MOBILE')?.pattern() || plan.type('FIXED_LINE')?.pattern();
}

/** What the countries of one calling code have in common. */
type CallingCode = {
  countries: CountryCode[];
  /** A bit for each length (the code included) of their mobile and land lines. */
  lengths: number;
  /** Their mobile numbers, the code included. */
  mobile: RegExp;
};

let codes: Map<string, CallingCode> | undefined;

function callingCodes(): Map<string, CallingCode> {
  if (codes) return codes;
  const byCode = new Map<string, CountryCode[]>();
  for (const country of getCountries()) {
    const code = getCountryCallingCode(country);
    byCode.set(code, [...(byCode.get(code) ?? []), country]);
  }
  codes = new Map([...byCode].map(([code, countries]) => [code, describeCode(code, countries)]));
  return codes;
}

function describeCode(code: string, countries: CountryCode[]): CallingCode {
  let lengths = 0;
  for (const plan of countries.map(planOf)) {
    // A plan's own list has service numbers in it, of up to 17 digits in Indonesia.
    for (const lines of [plan.type('MOBILE') ?? plan, plan.type('FIXED_LINE') ?? plan]) {
      for (const length of lines.possibleLengths())
        lengths |= code.length + length > 15 ? 0 : 1 << (code.length + length);
    }
  }
  const mobile = countries.flatMap((country) => mobilePatternOf(country) ?? []);
  return { countries, lengths, mobile: new RegExp(mobile.length === 0 ? '(?!)' : `^${code}(?:${mobile.join('|')})$`) };
}

/** The assigned calling code that digits begin with. No code is the beginning of another one. */
export function callingCodeOf(digits: string): string | undefined {
  const known = callingCodes();
  return [2, 3, 1].map((length) => digits.slice(0, length)).find((code) => known.has(code));
}

/** Whether digits are as long as a subscriber's number of the calling code can be. */
export function isPlausibleLength(digits: string, callingCode: string): boolean {
  return (((callingCodes().get(callingCode)?.lengths ?? 0) >> digits.length) & 1) === 1;
}

/** Compiles the test whether digits are a mobile number in international form, of whatever country. */
export function internationalMobileForm(): (digits: string) => boolean {
  // By the first three digits, as 600,000 numbers a second are looked up.
  const forms = new Array<RegExp | undefined>(1_000);
  for (let first = 100; first < 1_000; first++) {
    const code = callingCodeOf(String(first));
    forms[first] = code === undefined ? undefined : callingCodes().get(code)?.mobile;
  }
  return (digits) => forms[Number(digits.slice(0, 3))]?.test(digits) === true;
}

let nationalMobiles: (readonly [CountryCode, RegExp])[] | undefined;

/** The countries of which these digits, without a calling code, are a mobile number. */
export function countriesOfNationalMobile(digits: string): CountryCode[] {
  nationalMobiles ??= getCountries().flatMap((country) => {
    const pattern = mobilePatternOf(country);
    return pattern === undefined ? [] : [[country, new RegExp(`^(?:${pattern})$`)] as const];
  });
  return nationalMobiles.flatMap(([country, form]) => (form.test(digits) ? [country] : []));
}

/** `Hong Kong (852)`; of a code that many countries share, and of one without a country, `the calling code 1`. */
export function nameCallingCode(callingCode: string): string {
  const countries = callingCodes().get(callingCode)?.countries ?? [];
  const [only] = countries;
  return only && countries.length === 1 ? `${nameCountry(only)} (${callingCode})` : `the calling code ${callingCode}`;
}

export function nameCountry(country: CountryCode): string {
  return new Intl.DisplayNames('en', { type: 'region', style: 'short' }).of(country) ?? country;
}

const indonesian = '6281234567890';

/** A mobile number of the country, for messages that say how to write one. Default: an Indonesian one. */
export function exampleNumber(country: CountryCode | undefined): string {
  if (country === undefined || country === 'ID') return indonesian;
  return getExampleNumber(country, examples)?.number.slice(1) ?? indonesian;
}

/** The country whose number digits seem to be. `undefined`: none, or one of several. */
export function countryNamedBy(digits: string): CountryCode | undefined {
  const countries = callingCodes().get(callingCodeOf(digits) ?? '')?.countries ?? [];
  return countries.length === 1 ? countries[0] : parsePhoneNumberFromString(`+${digits}`)?.country;
}

/** `country` is an ISO 3166 code; `ZZ` where a number, such as +800…, has none. */
export type NumberClass = { country: string; line: 'landline' | 'tollFree' | 'other' };

/** Compiles the sorting of accepted numbers by country and kind of line; fast for the many that are mobile numbers. */
export function compileNumberClasses(): (digits: string) => NumberClass {
  const soleCountries = new Map<string, { form: RegExp; found: NumberClass }>();
  for (const [code, { countries, mobile }] of callingCodes()) {
    const [country] = countries;
    if (country && countries.length === 1) soleCountries.set(code, { form: mobile, found: { country, line: 'other' } });
  }
  const byPrefix = new Map<string, NumberClass>();
  return (digits) => {
    const own =
      soleCountries.get(digits.slice(0, 2)) ??
      soleCountries.get(digits.slice(0, 3)) ??
      soleCountries.get(digits.slice(0, 1));
    if (own?.form.test(digits)) return own.found;
    // Countries that share a code, and kinds of lines, are told apart by the first digits of a number.
    const prefix = `${digits.length}:${digits.slice(0, 7)}`;
    const found = byPrefix.get(prefix) ?? classify(digits);
    byPrefix.set(prefix, found);
    return found;
  };
}

function classify(digits: string): NumberClass {
  const number = parsePhoneNumberFromString(`+${digits}`);
  const type = number?.getType();
  const country = number?.country ?? callingCodes().get(callingCodeOf(digits) ?? '')?.countries[0] ?? 'ZZ';
  return { country, line: type === 'FIXED_LINE' ? 'landline' : type === 'TOLL_FREE' ? 'tollFree' : 'other' };
}
