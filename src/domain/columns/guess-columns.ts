import { showMasked } from '../numbers/mask-number.js';
import { ignoreFlag, mapFlag } from './column-map-text.js';
import { mostBodyVariables, nearestName } from './columns.js';

/** A head that is no column, and its values in the first rows. */
type UnknownHead = { head: string; values: readonly string[] };

// Not "number" or "nomor" alone: so are orders and invoices called, and their digits would be another person's number.
const numberWords = /\b(phone|hp|handphone|mobile|cell|msisdn|whatsapp|wa|tel|telp|telepon|telephone)\b/;
const nameWords = /\b(name|nama|customer|pelanggan|kunden?|contact|kontak)\b/;

/** More than any header line of a template's; a file of something else isn't listed in full. */
const mostGuesses = 20;

/**
 * Says which columns are unknown, and what was probably meant with them, ready to be given on.
 * @param taken the columns that are there already.
 */
export function describeUnknownHeads(unknown: readonly UnknownHead[], taken: readonly string[]): string {
  const guesses = guessColumns(unknown.slice(0, mostGuesses), taken);
  const mapped = guesses.filter(([, column]) => column !== '');
  const empty = guesses.filter(([, column]) => column === '').map(([head]) => head);
  const doubtful = mapped.filter(([, column]) => column.startsWith('body_variable')).map(([head]) => head);
  const names = unknown.slice(0, 5).map(({ head }) => showMasked(head));
  const listed = unknown.length > 5 ? `${names.join(', ')} and ${unknown.length - 5} more` : joined(names);
  const flags = [...(mapped.length > 0 ? [mapFlag(mapped)] : []), ...(empty.length > 0 ? [ignoreFlag(empty)] : [])];
  const isLacking = ![...taken, ...guesses.map(([, column]) => column)].includes('phone_number');
  return [
    `The column${unknown.length === 1 ? '' : 's'} ${listed} ${unknown.length === 1 ? 'is' : 'are'} unknown.`,
    `Probably meant: ${flags.join(' ')}`,
    ...(doubtful.length > 0 ? [`What isn't wanted goes from the map into ${ignoreFlag(doubtful)}`] : []),
    ...(isLacking ? ['None of them looks like phone numbers, and phone_number is a must.'] : []),
  ].join(' ');
}

/** The column that each was probably meant as; `''` for what has no values. */
export function guessColumns(unknown: readonly UnknownHead[], taken: readonly string[]): [string, string][] {
  const used = new Set(taken);
  const guesses = new Map<string, string>();
  const guess = (column: string, isMeant: (head: UnknownHead) => boolean): void => {
    const found = used.has(column) ? undefined : unknown.find((head) => !guesses.has(head.head) && isMeant(head));
    if (!found) return;
    guesses.set(found.head, column);
    used.add(column);
  };
  for (const { head } of unknown) {
    const nearest = nearestName(head);
    if (nearest !== undefined) guess(nearest, (other) => other.head === head);
  }
  guess('phone_number', (head) => saysSo(head, numberWords) && !head.values.some(isText));
  guess('phone_number', ({ values }) => hasValues(values) && values.every(isNumberLike));
  guess('customer_name', (head) => saysSo(head, nameWords) && head.values.every(isText));
  guess('customer_name', ({ values }) => hasValues(values) && values.every(isPersonLike));
  for (const { head, values } of unknown) {
    if (guesses.has(head)) continue;
    const isEmpty = values.length > 0 && !hasValues(values);
    guesses.set(head, isEmpty ? '' : nextBodyVariable(used));
  }
  return unknown.map(({ head }) => [head, guesses.get(head) ?? '']);
}

function saysSo({ head }: UnknownHead, words: RegExp): boolean {
  return words.test(head.toLowerCase().replace(/[\s._-]+/g, ' '));
}

function hasValues(values: readonly string[]): boolean {
  return values.some((value) => value.trim() !== '');
}

function isNumberLike(value: string): boolean {
  return value.trim() === '' || /^['+(]*\d[\d\s().-]{7,}$/.test(value.trim());
}

function isText(value: string): boolean {
  return value.trim() === '' || /\p{L}/u.test(value);
}

/** Words of letters only, as names are, and not one that a code or a date would be. */
function isPersonLike(value: string): boolean {
  return value.trim() === '' || /^\p{Lu}[\p{L}\p{M}'’.-]*( [\p{L}\p{M}'’.-]+){1,4}$/u.test(value.trim());
}

function nextBodyVariable(used: Set<string>): string {
  for (let number = 1; number <= mostBodyVariables; number++) {
    const column = `body_variable${number}`;
    if (used.has(column)) continue;
    used.add(column);
    return column;
  }
  return '';
}

function joined(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
