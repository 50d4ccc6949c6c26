import { showInstant } from './show-instant.js';

const instant = /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z)/;

/** A text cut at the instants in it: what stands between them, and each instant as a date. Instants are ISO 8601 in UTC. */
export function splitAtInstants(text: string): (string | Date)[] {
  return text
    .split(instant)
    .map((piece, at) => (at % 2 === 1 && !Number.isNaN(Date.parse(piece)) ? new Date(piece) : piece));
}

/** A text whose instants are shown by a clock: a zone's, or the machine's. */
export function showInstantsIn(text: string, timeZone?: string): string {
  return splitAtInstants(text)
    .map((piece) => (piece instanceof Date ? showInstant(piece, timeZone) : piece))
    .join('');
}
