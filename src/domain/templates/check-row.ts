import type { CountryCode } from '../numbers/phone-number.js';
import { mostHeaderCharacters } from '../recipients/ordinary-value.js';
import {
  compileRecipientReader,
  digestOf,
  type ReadRecipient,
  type RecipientReading,
  type RecipientValues,
  readLines,
} from '../recipients/recipient.js';
import { characters, mostBodyCharacters, type ValuePolicy } from '../recipients/value.js';
import { fillIn, isMedia, type TemplateTexts, takeApart } from './template.js';

/**
 * What WhatsApp allows, in characters, with the values filled in. Sources: Meta's "Template components" of the WhatsApp Business
 * Platform (body 1,024, header of text 60, footer 60, text of a button 25, address of a button 2,000), of which Qiscus documents the
 * first two as well. A footer and the text of a button take no values, so that WhatsApp has checked them with the template.
 */
const longest = {
  body: mostBodyCharacters,
  header: mostHeaderCharacters,
  footer: 60,
  buttonText: 25,
  buttonUrl: 2_000,
} as const;

/** Why a row's message can't be sent, as far as its template tells; `undefined`: nothing is wrong. */
type CheckRow = (values: RecipientValues) => string | undefined;

/** Compiles what is looked at in each row of these columns. */
function compileRowCheck(template: TemplateTexts, columns: readonly string[]): CheckRow {
  // A line begins with the number, and has the other columns in their order.
  const others = columns.filter((column) => column !== 'phone_number');
  const at = (column: string) => others.indexOf(column) + 1 || undefined;
  const valueAt = (values: RecipientValues, place: number | undefined) =>
    place === undefined ? undefined : values[place];
  const headerAt = at('header_variable');
  const { header, body, buttons } = template;
  return (values) => {
    if (body !== null) {
      const length = characters(fillIn(body, (number) => valueAt(values, at(`body_variable${number}`))));
      if (length > longest.body)
        return `with its values the body has ${length} characters; WhatsApp takes at most ${longest.body}`;
    }
    if (header !== null && headerAt !== undefined) {
      const fault = headerFault(header, values[headerAt] ?? '');
      if (fault !== undefined) return fault;
    }
    for (const [index, button] of buttons.entries()) {
      if (button.url === null) continue;
      const name = `button${index + 1}_variable`;
      if (at(`${name}1`) !== undefined && valueAt(values, at(`${name}1`)) === '')
        return `${name}1 is empty, and button ${index + 1} of the template leads nowhere without it`;
      const url = fillIn(button.url, (number) => valueAt(values, at(`${name}${number}`)));
      if (characters(url) > longest.buttonUrl)
        return `with its value the address of button ${index + 1} has ${characters(url)} characters; WhatsApp takes at most ${longest.buttonUrl}`;
    }
    return undefined;
  };
}

function headerFault(header: NonNullable<TemplateTexts['header']>, value: string): string | undefined {
  if (isMedia(header)) {
    if (value === '')
      return header.defaultValue === null
        ? `header_variable is empty, and the template has no default ${header.type}`
        : undefined;
    return /^https?:\/\//i.test(value)
      ? undefined
      : `header_variable must be the web address of its ${header.type}, as the template's header is one`;
  }
  if (value === '') return 'header_variable is empty, and the header of the template has a place for it';
  const length = characters(fillIn(header.text ?? '', () => value));
  return length > longest.header
    ? `with its value the header has ${length} characters; WhatsApp takes at most ${longest.header}`
    : undefined;
}

/** Reads rows as `read` does, and rejects those whose message can't be sent as its template is. */
function withTemplate(
  read: ReadRecipient,
  template: TemplateTexts | undefined,
  columns: readonly string[],
  policy: ValuePolicy,
): ReadRecipient {
  if (template === undefined || policy === 'send') return read;
  const check = compileRowCheck(template, columns);
  const isSurelyShort = compileShortcut(template, columns);
  return (row): RecipientReading => {
    const reading = read(row);
    if (!reading.ok || isSurelyShort(reading.line)) return reading;
    const [values = []] = readLines(reading.line);
    const reason = check(values);
    return reason === undefined ? reading : { ok: false, reason, digest: digestOf(row) };
  };
}

/** Most rows are far from every limit. What is fixed, and all of a line for each place of a value, is more than any part can have. */
function compileShortcut(
  { header, body, buttons }: TemplateTexts,
  columns: readonly string[],
): (line: string) => boolean {
  if (
    columns.some((column) => column === 'header_variable' || column.startsWith('button')) &&
    (header || buttons.length)
  )
    return () => false;
  const { fixed, times } = takeApart(body ?? '');
  const most = Math.max(1, ...times.values());
  const fixedLength = characters(fixed);
  return (line) => fixedLength + most * line.length <= longest.body;
}

/** As `compileRecipientReader`, for rows whose template is known, if it is. */
export function compileReaderFor(
  template: TemplateTexts | undefined,
  columns: readonly string[],
  country: CountryCode | undefined,
  policy: ValuePolicy = 'reject',
): ReadRecipient {
  return withTemplate(compileRecipientReader(columns, country, policy), template, columns, policy);
}
