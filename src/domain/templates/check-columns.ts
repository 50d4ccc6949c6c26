import { buttonColumn } from '../columns/button-params.js';
import { buttonTypeColumn } from '../columns/button-type.js';
import { highestPlace, isMedia, labelOf, type Template } from './template.js';

/** What is wrong with a list's columns for this template, a sentence each. */
export function templateColumnFaults(
  template: Template,
  columns: readonly string[],
  delivery: 'bulk' | 'individual' | undefined,
): string[] {
  const isIndividual = delivery === 'individual';
  // The parameters of all buttons stand in one column then.
  const givesButtons = isIndividual && columns.includes(buttonColumn);
  const missing = template.columns.filter(
    (column) => !columns.includes(column) && !(givesButtons && column.startsWith('button')),
  );
  const surplus = columns.filter((column) => !template.columns.includes(column) && !mayHave(template, column));
  const [missingBody, surplusBody] = [missing.filter(isBody), surplus.filter(isBody)];
  const faults: string[] = [];
  if (missingBody.length + surplusBody.length > 0) faults.push(countFault(template, columns));
  for (const column of missing.filter((name) => !isBody(name)))
    faults.push(`The template ${labelOf(template)} needs the column ${column}${why(template, column)}.`);
  for (const column of surplus.filter((name) => !isBody(name)))
    faults.push(`The template ${labelOf(template)} has no place for the column ${column}${whyNot(template, column)}.`);
  if (isIndividual && template.columns.includes('header_variable') && columns.includes('header_variable'))
    faults.push(`The template ${labelOf(template)} has a header with a value, so that it can only be sent in bulk.`);
  return faults;
}

/** What a list may have without need. Where only the columns of a sample are known, its buttons aren't. */
function mayHave(template: Template, column: string): boolean {
  if (column === 'customer_name') return true;
  if (column === buttonTypeColumn || column === buttonColumn)
    return template.buttons.length > 0 || template.columns.some((name) => name.startsWith('button'));
  return column === 'header_variable' && isMedia(template.header);
}

function isBody(column: string): boolean {
  return column.startsWith('body_variable');
}

function countFault(template: Template, columns: readonly string[]): string {
  const wanted = template.columns.filter(isBody);
  const given = columns.filter(isBody);
  const names = (list: readonly string[]) => (list.length === 0 ? 'none' : `${list.length} (${list.join(', ')})`);
  return `The template ${labelOf(template)} has ${names(wanted)} of the body's variables, and the list has ${names(given)}.`;
}

function why({ header }: Template, column: string): string {
  if (column !== 'header_variable' || header === null) return '';
  return isMedia(header) ? `: its header is ${articleOf(header.type)} without a default` : ': its header has a value';
}

function whyNot({ header, buttons }: Template, column: string): string {
  if (column === 'header_variable')
    return header === null ? ': it has no header' : ': its header is a text without a value';
  const [, number] = /^button(\d+)_variable/.exec(column) ?? [];
  if (number === undefined) return column.startsWith('button') ? ': it has no button' : '';
  const button = buttons[Number(number) - 1];
  if (!button) return `: it has ${buttons.length === 0 ? 'no button' : `${buttons.length} buttons`}`;
  return highestPlace(button.url) === 0 ? `: its button ${number} (${button.type}) takes no value` : '';
}

function articleOf(type: string): string {
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}
