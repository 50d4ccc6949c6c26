import { buttonColumn, buttonParamsExample, readButtonParams } from '../columns/button-params.js';
import { buttonTypeColumn, buttonTypeFault } from '../columns/button-type.js';
import { excerptMasked } from '../numbers/mask-number.js';
import { type Doubt, doubtAbout } from './doubts.js';
import { mostHeaderCharacters } from './ordinary-value.js';
import { Rejection } from './rejection.js';
import { isWellFormed } from './text.js';

/**
 * What becomes of a row with a value that WhatsApp refuses: it is rejected; its values are cleaned (trimmed, and each run of
 * white space made one space); or it is sent as it is.
 */
export const valuePolicies = ['reject', 'clean', 'send'] as const;
export type ValuePolicy = (typeof valuePolicies)[number];

/** Reads a value into the text that is sent. What looks like a mistake is added to `doubts`. @throws {Rejection} */
type ReadValue = (text: string, doubts: Doubt[]) => string;

/** Line ends and tabs are left to the policy. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const controlCharacter = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;
const blank = /^[\s\p{Default_Ignorable_Code_Point}\u2800]*$/u;

/** A body has at most so many characters with its values filled in. Documented by Qiscus. */
export const mostBodyCharacters = 1_024;

/** Compiles the reading of a column's values, `phone_number` excepted. */
export function compileValueReader(column: string, policy: ValuePolicy): ReadValue {
  if (column === buttonColumn) return compileButtonReader(policy);
  if (column === buttonTypeColumn) return readButtonType;
  return compileTextReader(column, policy, isParameterColumn(column));
}

function readButtonType(text: string): string {
  const fault = buttonTypeFault(text);
  if (fault !== undefined) throw new Rejection(fault);
  return text;
}

/** Of the JSON array of what the buttons want, each `values` is a parameter. */
function compileButtonReader(policy: ValuePolicy): ReadValue {
  const read = compileTextReader(buttonColumn, policy, true);
  return (text, doubts) => {
    const params = readButtonParams(text);
    if (!params) throw new Rejection(`${buttonColumn} must be a JSON array such as ${buttonParamsExample}`);
    const sent = params.map((param) => ({ ...param, values: read(param.values, doubts) }));
    return sent.every(({ values }, at) => values === params[at]?.values) ? text : JSON.stringify(sent);
  };
}

function compileTextReader(column: string, policy: ValuePolicy, isParameter: boolean): ReadValue {
  // The name of a chat room is no part of the message: white space in it may always be cleaned.
  const cleans = policy === 'clean' || column === 'customer_name';
  return (text, doubts) => {
    refuseUnsendable(column, text);
    const value = cleans ? text.replace(/\s+/g, ' ').trim() : text;
    if (isParameter && policy !== 'send') refuseUnaccepted(column, value);
    addDoubts(column, value, isParameter, doubts);
    return value;
  };
}

/** Whether WhatsApp fills a part of the message with this column's values. */
function isParameterColumn(column: string): boolean {
  return column === 'header_variable' || /^(?:body|button\d+)_variable\d+$/.test(column);
}

export function isBodyColumn(column: string): boolean {
  return column.startsWith('body_variable');
}

/** What no policy lets out: it would break what carries it, or is no text any more. */
function refuseUnsendable(column: string, text: string): void {
  const control = controlCharacter.exec(text)?.[0];
  if (control === '\0') throw new Rejection(`${column} has a NUL character in it`);
  if (control !== undefined) {
    const code = control.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    throw new Rejection(`${column} has a control character (U+${code}) in it; take it out`);
  }
  if (text.includes('\ufffd'))
    throw new Rejection(
      `${column} has a replacement character (U+FFFD) in it: it was wrongly decoded; enter the value again`,
    );
  if (!isWellFormed(text))
    throw new Rejection(`${column} has half a character in it (a lone surrogate): it was cut or wrongly decoded`);
}

/** What WhatsApp refuses in a parameter, after the message was handed over. Source: Meta's errors 100, 132000 and 132018. */
function refuseUnaccepted(column: string, value: string): void {
  const isBody = isBodyColumn(column);
  if (blank.test(value)) {
    if (isBody)
      throw new Rejection(
        `${column} ${value === '' ? 'is empty' : 'has nothing visible in it'}, which WhatsApp refuses; write a value, such as -`,
      );
    if (value !== '')
      throw new Rejection(
        `${column} has nothing visible in it, which WhatsApp refuses; leave it empty or write a value`,
      );
    return;
  }
  const refused = /[\n\r\u2028\u2029]/.test(value)
    ? 'a line break'
    : value.includes('\t')
      ? 'a tab'
      : /\s{5}/.test(value)
        ? 'more than four spaces in a row'
        : undefined;
  if (refused !== undefined)
    throw new Rejection(
      `${column} has ${refused} in it, which WhatsApp refuses; take it out, or have it cleaned: --values clean (values: 'clean')`,
    );
  if (column === 'header_variable') refuseHeader(value);
}

/** A header is a text, or media that Meta fetches from an address. */
function refuseHeader(value: string): void {
  if (/^https?:/i.test(value)) {
    if (!/\s/.test(value) && URL.canParse(value)) return;
    throw new Rejection(
      "header_variable looks like a web address, but isn't a valid one; write it whole, without spaces",
    );
  }
  if (characters(value) > mostHeaderCharacters)
    throw new Rejection(
      `header_variable has ${characters(value)} characters; a header has at most ${mostHeaderCharacters}`,
    );
}

/** As people count them: an emoji of two code units is one. */
export function characters(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

function addDoubts(column: string, value: string, isParameter: boolean, doubts: Doubt[]): void {
  if (value === '') {
    if (isParameter && column !== buttonColumn) doubts.push({ column, kind: 'sometimes_empty', example: '' });
    return;
  }
  const example = () => excerptMasked(value);
  if (/^\s|\s$/.test(value)) doubts.push({ column, kind: 'outer_spaces', example: example() });
  const kind = doubtAbout(value, column);
  if (kind) doubts.push({ column, kind, example: example() });
}
