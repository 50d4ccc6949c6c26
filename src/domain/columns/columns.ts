import { showMasked } from '../numbers/mask-number.js';
import { buttonTypeColumn } from './button-type.js';

/** As many as a template has at most; documented by Qiscus. */
export const mostBodyVariables = 15;

/**
 * What is wrong with a run's columns, a sentence each. The names are those of Qiscus's support article on the broadcast
 * CSV: phone_number, customer_name, header_variable, body_variable1 to 15, button_type, button{n}_variable{m}.
 */
export function checkColumns(columns: readonly string[]): string[] {
  const faults: string[] = [];
  if (!columns.includes('phone_number')) faults.push('There is no column phone_number.');
  const seen = new Set<string>();
  columns.forEach((name, index) => {
    if (name.trim() === '') faults.push(`Column ${index + 1} has no name.`);
    else if (!seen.has(name)) faults.push(...faultsOfName(name));
    else if (columns.indexOf(name) === columns.lastIndexOf(name, index - 1)) {
      faults.push(`The column ${showMasked(name)} is there more than once.`);
    }
    seen.add(name);
  });
  return faults;
}

function faultsOfName(name: string): string[] {
  if (isColumnName(name)) return [];
  const bodyVariable = /^body_variable([1-9]\d*)$/.exec(name);
  if (bodyVariable) return [`${showMasked(name)}: a template has at most ${mostBodyVariables} body variables.`];
  const nearest = nearestName(name);
  if (nearest) return [`The column ${showMasked(name)} is unknown; it is written ${nearest}.`];
  return [
    `The column ${showMasked(name)} is unknown; there are phone_number, customer_name, header_variable, body_variable1 to body_variable15, button_type and button1_variable1 and so on.`,
  ];
}

const otherNames: readonly string[] = ['phone_number', 'customer_name', 'header_variable', buttonTypeColumn];

/** Whether it is, letter for letter, a column of Qiscus's CSV files. */
export function isColumnName(name: string): boolean {
  if (otherNames.includes(name)) return true;
  if (/^button[1-9]\d?_variable[1-9]\d?$/.test(name)) return true;
  const [, number] = /^body_variable([1-9]\d?)$/.exec(name) ?? [];
  return number !== undefined && Number(number) <= mostBodyVariables;
}

/** The right name when only case, spaces, hyphens or underscores are wrong. */
export function nearestName(name: string): string | undefined {
  const bare = name.toLowerCase().replace(/[\s_-]+/g, '');
  const right = bare
    .replace(/^(phone)(number)$|^(customer)(name)$|^(header)(variable)$|^(button)(type)$/, (match) =>
      match.replace(/number|name|variable|type/, '_$&'),
    )
    .replace(/^bodyvariable(?=\d+$)/, 'body_variable')
    .replace(/^button(\d+)variable(\d+)$/, 'button$1_variable$2');
  return isColumnName(right) ? right : undefined;
}
