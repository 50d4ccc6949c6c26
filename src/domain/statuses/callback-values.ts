import { identityOf } from '../numbers/number-identity.js';
import { isE164 } from '../numbers/phone-number.js';

export type Json = Readonly<Record<string, unknown>>;

/** A callback's body itself, and what is nested in it: `{entry: [{changes: [{value}]}]}`. */
export function callbackValues(body: unknown): Json[] {
  if (!isObject(body)) return [];
  const changes = objectsIn(body.entry).flatMap((entry) => objectsIn(entry.changes));
  return [body, ...changes.flatMap(({ value }) => (isObject(value) ? [value] : []))];
}

export function objectsIn(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The identity of a number, with or without its plus sign. `null`: it is none, as a business-scoped user id. */
export function readNumber(value: unknown): string | null {
  const digits = typeof value === 'number' ? String(value) : value;
  const number = typeof digits === 'string' ? digits.trim().replace(/^\+/, '') : '';
  return isE164(number) ? identityOf(number) : null;
}
