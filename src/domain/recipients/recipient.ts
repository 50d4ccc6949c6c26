import { createHash } from 'node:crypto';
import { mostBodyVariables } from '../columns/columns.js';
import { showMasked } from '../numbers/mask-number.js';
import { identityOf } from '../numbers/number-identity.js';
import { type CountryCode, compilePhoneNumberReader } from '../numbers/phone-number.js';
import type { Doubt } from './doubts.js';
import { ordinaryValueOf } from './ordinary-value.js';
import { Rejection } from './rejection.js';
import { characters, compileValueReader, isBodyColumn, mostBodyCharacters, type ValuePolicy } from './value.js';

/** The value of one column of a recipient; a number is written as JavaScript shows it. */
export type ColumnValue = string | number;

/** One recipient: an object with a value for each of the run's columns, and no other keys. Any other row is rejected. */
export type Recipient<C extends string = string> = { readonly [K in C]: ColumnValue };

/**
 * A recipient on its way through buffer and ledger: the JSON array text of the number and then the values of all other
 * columns, as strings, in the order of the run's columns. It has no line break in it.
 */
export type RecipientLine = string;

/** A line's values: the number, then the other columns in their order. */
export type RecipientValues = readonly string[];

/** Reads lines that stand below each other, all at once: one by one would take twice as long. */
export function readLines(lines: string): RecipientValues[] {
  return JSON.parse(`[${lines.replaceAll('\n', ',')}]`) as RecipientValues[];
}

export function writeLine(values: RecipientValues): RecipientLine {
  return JSON.stringify(values);
}

/** The number that a line begins with. */
export function phoneNumberOf(line: RecipientLine): string {
  return line.slice(2, line.indexOf('"', 2));
}

/** The identity of a line's number: by it duplicates, suppressed recipients and messages are known. */
export function identityIn(line: RecipientLine): string {
  return identityOf(phoneNumberOf(line));
}

/** The identities of the numbers of lines that stand below each other. */
export function identitiesIn(lines: string): string[] {
  return lines === '' ? [] : lines.split('\n').map(identityIn);
}

/** `doubts`: what looks like a mistake, and is sent all the same. */
export type RecipientReading =
  | { ok: true; line: RecipientLine; doubts?: readonly Doubt[] }
  | { ok: false; reason: string; digest: string };
export type ReadRecipient = (row: unknown) => RecipientReading;

/** Stands in a stream of rows for something that could not be read as one; a recipient reader rejects it with `reason`. */
export class UnreadableRow {
  readonly reason: string;
  readonly digest: string;

  /** `content` tells one unreadable row from another where the reason is the same. */
  constructor(reason: string, content: string = reason) {
    this.reason = reason;
    this.digest = digestOf(content);
  }
}

const MAX_ROW_BYTES = 1_000_000;

/**
 * Compiles the reading of rows with these columns (which `checkColumns` finds no fault with). What it returns never throws.
 * @param policy what becomes of a row with a value that WhatsApp refuses.
 */
export function compileRecipientReader(
  columns: readonly string[],
  defaultCountry?: CountryCode,
  policy: ValuePolicy = 'reject',
): ReadRecipient {
  const known: ReadonlySet<string> = new Set(columns);
  const others = columns
    .filter((column) => column !== 'phone_number')
    .map((column) => ({
      column,
      ordinary: ordinaryValueOf(column),
      isBody: isBodyColumn(column),
      readOdd: compileValueReader(column, policy),
    }));
  const readPhoneNumber = compilePhoneNumberReader(defaultCountry);

  const read = (row: unknown): RecipientReading => {
    if (!isRow(row)) throw new Rejection(`a row must be an object with a value for each column, not ${typeName(row)}`);
    if (row instanceof UnreadableRow) return { ok: false, reason: row.reason, digest: row.digest };
    // Counting is enough for the good case: with a value for every column, as many keys means the same keys.
    let keys = 0;
    for (const _ in row) keys++;
    if (keys !== columns.length) checkKeys(row, columns, known);
    let [values, size, bodySize] = ['', 0, 0];
    let doubts: Doubt[] | undefined;
    for (const { column, ordinary, isBody, readOdd } of others) {
      const given = row[column];
      if (given === undefined || given === null) checkKeys(row, columns, known);
      const text = textOf(given, column);
      size += text.length;
      if (size > MAX_ROW_BYTES) throw new Rejection('the row is above 1 MB');
      if (ordinary.test(text)) {
        values += `,"${text}"`;
        if (isBody) bodySize += text.length;
        continue;
      }
      doubts ??= [];
      const sent = readOdd(text, doubts);
      values += `,${JSON.stringify(sent)}`;
      if (isBody) bodySize += characters(sent);
    }
    if (bodySize > mostBodyCharacters && policy !== 'send') {
      throw new Rejection(
        `the values of the body have ${bodySize} characters together; a body has at most ${mostBodyCharacters}`,
      );
    }
    // A UTF-16 unit takes at most three bytes, so that the count is only needed for what is already large.
    if (values.length * 3 > MAX_ROW_BYTES && Buffer.byteLength(values) > MAX_ROW_BYTES) {
      throw new Rejection('the row is above 1 MB');
    }
    const reading = readPhoneNumber(phoneTextOf(row.phone_number));
    if (!reading.ok) throw new Rejection(reading.reason);
    const line = `["${reading.digits}"${values}]`;
    return doubts === undefined || doubts.length === 0 ? { ok: true, line } : { ok: true, line, doubts };
  };

  return (row) => {
    try {
      return read(row);
    } catch (error) {
      const reason = error instanceof Rejection ? error.reason : `the row could not be read: ${messageOf(error)}`;
      return { ok: false, reason, digest: digestOf(row) };
    }
  };
}

function isRow(row: unknown): row is Record<string, unknown> {
  return typeof row === 'object' && row !== null && !Array.isArray(row);
}

function checkKeys(row: Record<string, unknown>, columns: readonly string[], known: ReadonlySet<string>): void {
  // An unknown key without a value is none, as in JSON.
  const unknown = Object.keys(row).filter((key) => !known.has(key) && row[key] !== undefined);
  const bodyVariables = Object.keys(row).filter((key) => /^body_variable\d+$/.test(key)).length;
  if (bodyVariables > mostBodyVariables) {
    throw new Rejection(`the row has ${bodyVariables} body variables; a template has at most ${mostBodyVariables}`);
  }
  const missing = columns.filter((column) => row[column] === undefined || row[column] === null);
  const faults: string[] = [];
  if (missing.length > 0) faults.push(nameAll('no value for the column', missing));
  if (unknown.length > 0) faults.push(nameAll("not among the run's columns:", unknown));
  if (faults.length > 0) throw new Rejection(faults.join('; '));
}

function nameAll(what: string, names: readonly string[]): string {
  const shown = names.slice(0, 5).map(showMasked).join(', ');
  return `${what} ${shown}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`;
}

function textOf(value: unknown, column: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (value === undefined || value === null) throw new Rejection(nameAll('no value for the column', [column]));
  throw new Rejection(`${column} must be a string or a finite number, not ${typeName(value)}`);
}

function phoneTextOf(value: unknown): string {
  if (typeof value === 'number' && Number.isFinite(value) && !Number.isSafeInteger(value)) {
    throw new Rejection('phone_number is a number with decimals or too many digits; give it as a string of digits');
  }
  return textOf(value, 'phone_number');
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'number') return String(value);
  return typeof value === 'object' || typeof value === 'undefined'
    ? `an ${typeof value}`.replace('an u', 'u')
    : `a ${typeof value}`;
}

function messageOf(error: unknown): string {
  try {
    return showMasked(error instanceof Error ? error.message : String(error));
  } catch {
    return 'it threw';
  }
}

/** The first 16 hex digits of the SHA-256 of a row's content: the same for equal content, whatever it is made of. */
/** Tells one row from another where both are rejected for the same reason. */
export function digestOf(content: unknown): string {
  const hash = createHash('sha256');
  // Of a huge or a circular value the beginning has to do.
  let budget = 10_000;
  const add = (value: unknown, depth: number): void => {
    if (budget-- <= 0 || depth > 20) return;
    if (typeof value === 'string') hash.update(`s${value.length}:`).update(value);
    else if (typeof value !== 'object' || value === null) hash.update(`${typeof value}:${String(value)};`);
    else addProperties(value, depth);
  };
  const addProperties = (value: object, depth: number): void => {
    try {
      hash.update(Array.isArray(value) ? '[' : '{');
      for (const key of Object.keys(value).sort()) {
        if (budget <= 0) break;
        add(key, depth);
        add(readProperty(value, key), depth + 1);
      }
    } catch {
      hash.update('unreadable');
    }
    hash.update('}');
  };
  add(content, 0);
  return hash.digest('hex').slice(0, 16);
}

/** A getter that throws has no value that could be told apart. */
function readProperty(value: object, key: string): unknown {
  try {
    return (value as Record<string, unknown>)[key];
  } catch {
    return 'unreadable';
  }
}
