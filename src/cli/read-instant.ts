import { UsageError } from '../errors.js';

const example = 'write for example 2026-12-01T09:00:00Z';
const orDay = `${example}, or 2026-12-01 for that day by this machine's clock`;

/** An option's instant. @throws {UsageError} */
export function readInstant(text: string): Date {
  return instantOf(text) ?? refuse(text, example);
}

/** The instant from which on something is looked for; of a date, when that day begins by this machine's clock. @throws {UsageError} */
export function readSince(text: string): Date {
  return midnightOf(text, 0) ?? instantOf(text) ?? refuse(text, orDay);
}

/** The instant before which something is looked for; of a date, when that day has ended by this machine's clock. @throws {UsageError} */
export function readUntil(text: string): Date {
  return midnightOf(text, 1) ?? instantOf(text) ?? refuse(text, orDay);
}

function instantOf(text: string): Date | undefined {
  const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? undefined : new Date(ms);
}

/** The midnight that begins a date, or a day so many days later; `undefined`: it is no date. */
function midnightOf(text: string, days: number): Date | undefined {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text)?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const written = new Date(year, month - 1, day);
  // 30 February would be another day, and the year 26 another century.
  const isThere = written.getFullYear() === year && written.getMonth() === month - 1 && written.getDate() === day;
  return isThere ? new Date(year, month - 1, day + days) : undefined;
}

function refuse(text: string, right: string): never {
  throw new UsageError(`${JSON.stringify(text.slice(0, 40))} is not an instant; ${right}.`);
}
