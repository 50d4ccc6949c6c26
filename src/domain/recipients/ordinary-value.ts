import { buttonColumn } from '../columns/button-params.js';
import { buttonTypeColumn } from '../columns/button-type.js';

/** A header of text has at most so many characters. Documented by Qiscus. */
export const mostHeaderCharacters = 60;

/** Control characters, white space, invisible marks, quotes, halves of characters, and what stands in a placeholder, an error or markup. */
const odd = [
  String.raw`\s\u0000-\u001f\u007f-\u009f"\\#{&<[ÃÂâ\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f`,
  String.raw`\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ud800-\udfff\ufe00-\ufe0f\uffa0\ufff0-\uffff`,
].join('');
const wordForNothing = '[nN](?:[uU][lL][lL]|[oO][nN][eE]|[iI][lL]|[aA][nNtT])$|[uU][nN][dD][eE][fF]|[(][nN]';

const ordinaryText = ordinaryBut('');
/** Without a part of an address. */
const ordinaryNoAddress = ordinaryBut('/:', '[wW]{3}[.]|');
const ordinaryHeader = new RegExp(`^(?=.{1,${mostHeaderCharacters}}$)${ordinaryNoAddress.source.slice(1)}`);
const nothing = /(?!)/;

function ordinaryBut(also: string, begins = ''): RegExp {
  const good = `[^${odd}${also}]+`;
  return new RegExp(`^(?!${begins}${wordForNothing}|Err:|[-+]?\\d[\\d.,]*[eE])${good}(?: ${good})*$`);
}

/**
 * What a column's value looks like that is sent as it stands whatever becomes of odd ones, that looks like no mistake and is its own
 * JSON. By far the most values do, so that one look has to be enough for them; the others are looked at closely.
 */
export function ordinaryValueOf(column: string): RegExp {
  if (column === buttonColumn || column === buttonTypeColumn) return nothing;
  if (column === 'header_variable') return ordinaryHeader;
  return column.startsWith('button') ? ordinaryNoAddress : ordinaryText;
}
