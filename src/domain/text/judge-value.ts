import { show, whole as wholeOf } from '../delivery/delivery.js';

/** Says what would be right in the place of a value that a caller without types may give; `undefined`: it is right. */
export type Judge = (given: unknown) => string | undefined;

/** One of these words. */
export const choice =
  (known: readonly string[]): Judge =>
  (given) =>
    known.includes(given as string) ? undefined : `it is ${[known.slice(0, -1).join(', '), known.at(-1)].join(' or ')}`;

export const text: Judge = (given) => (typeof given === 'string' ? undefined : 'write a text');

/** What Postgres and ISO 8601 agree about. */
const [firstMs, lastMs] = [Date.parse('0001-01-01T00:00:00Z'), Date.parse('9999-12-31T23:59:59.999Z')];

export const instant: Judge = (given) => {
  const ms = given instanceof Date ? given.getTime() : Number.NaN;
  return ms >= firstMs && ms <= lastMs ? undefined : 'give a Date of the years 1 to 9999';
};

/** A whole number within these bounds. @param right what would be right */
export const whole =
  (least: number, most: number, right: string): Judge =>
  (given) =>
    wholeOf(least, most)(given) === undefined ? right : undefined;

/** The id of a WhatsApp channel at Qiscus. */
export const channel = whole(1, 2 ** 31 - 1, 'it is the id of a channel at Qiscus, a whole number such as 1234');

/** The id of a template. */
export const templateId = whole(1, 2 ** 31 - 1, "it is the whole number on the template's page at Qiscus, such as 172");

/** A version of a campaign or draft. */
export const version = whole(1, Number.MAX_SAFE_INTEGER, 'it is the version that was seen, a whole number such as 3');

/** Names a value, shortened and masked, and what would be right; `undefined`: it is right. */
export function faultOfValue(name: string, given: unknown, judge: Judge): string | undefined {
  const right = judge(given);
  return right === undefined ? undefined : `${name} is ${shown(given)}; ${right}.`;
}

function shown(given: unknown): string {
  if (!(given instanceof Date)) return show(given);
  return Number.isNaN(given.getTime()) ? 'no instant' : given.toISOString();
}
