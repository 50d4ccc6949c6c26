import { maskGroupedNumbersIn } from '../domain/numbers/mask-number.js';
import { AudienceError, isError, SiaranError } from '../errors.js';

const MAX_REASON_LENGTH = 500;

/** What went wrong in the audience called `name`, whatever was thrown. An error of our own needs no masking. */
export function audienceFault(name: string, error: unknown): AudienceError {
  if (error instanceof AudienceError) return error;
  const reason = error instanceof SiaranError ? error.message : `${reasonOf(error).replace(/\.$/, '')}.`;
  // Errors about a file begin with the name that they were given for it.
  const what = reason.startsWith(name) ? reason : `${name} failed: ${reason}`;
  return new AudienceError(`The audience ${what}`, { cause: error });
}

/** The text of an error that another program made: bounded, and without the phone numbers that it may quote. */
export function reasonOf(error: unknown): string {
  // Masked before it is shortened, so that no cut leaves half a number in the clear; the first cut is for speed.
  const start = textOf(error).slice(0, 2 * MAX_REASON_LENGTH);
  const reason = maskGroupedNumbersIn(start).trim();
  return reason.length > MAX_REASON_LENGTH ? `${reason.slice(0, MAX_REASON_LENGTH)}…` : reason;
}

function textOf(error: unknown): string {
  if (!isError(error)) return typeof error === 'string' ? error : `it threw ${typeof error}`;
  // Of a host with several addresses Node says why in the errors of each, and nothing in the one that holds them.
  if (error.message === '' && error instanceof AggregateError) return error.errors.map(textOf).join(', ');
  return error.message || error.name;
}
