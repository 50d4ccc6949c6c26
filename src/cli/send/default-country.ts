import type { CountryCode } from '../../domain/numbers/phone-number.js';
import { note } from '../terminal/output.js';

/** What it means that no default country is set. */
export const missingCountry =
  'SIARAN_DEFAULT_COUNTRY is not set: numbers are read as international ones, and those without a calling code are rejected';

/** On standard error, so that a document on standard output stays one. */
export function noteMissingCountry(country: CountryCode | undefined): void {
  if (country === undefined) note(`Note: ${missingCountry}.`);
}
