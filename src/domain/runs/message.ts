import { type ButtonParam, buttonColumn, readButtonParams } from '../columns/button-params.js';
import { checkColumns } from '../columns/columns.js';
import type { RecipientValues } from '../recipients/recipient.js';

/** What Qiscus's `broadcast/client` needs to know of a template besides its id. */
export type MessageTemplate = {
  /** The template's name at Qiscus. */
  templateName: string;
  /** The template's namespace at Qiscus. */
  namespace: string;
  /** The template's language code, such as `id`. */
  language: string;
  /** Whether the run may have more than 10,000 recipients. */
  force: boolean;
};

/** The same as a caller writes it, in the settings of a run or campaign. */
export type MessageTemplateRequest = {
  /** `individual`: each recipient is a broadcast of its own (`broadcast/client`), with its ids. Default `bulk`: files of 1,000. */
  delivery?: 'bulk' | 'individual';
  /** The template's name, as its page at Qiscus shows it. Needed for `individual`, with `namespace`, `language` and `channelId`. */
  templateName?: string;
  /** The template's namespace, as its page at Qiscus shows it. */
  namespace?: string;
  /** The template's language code, such as `id`, as its page at Qiscus shows it. */
  language?: string;
  /** Sends individually even if there are more than 10,000 recipients. Default false: the run is refused (`RUN_TOO_LARGE`). */
  force?: boolean;
};

/** A message as far as it is the recipient's own. */
export type MessageValues = { phoneNumber: string; variables: string[]; buttonParams: ButtonParam[] };

/** A list that is longer is one for files: each of its messages would be a request. */
export const mostMessages = 10_000;

const urlButton = /^button([1-9]\d?)_variable1$/;
const bodyVariable = /^body_variable(\d+)$/;

/** What is wrong with the columns of a run that is delivered individually, a sentence each. */
export function checkMessageColumns(columns: readonly string[]): string[] {
  const faults = checkColumns(columns.filter((column) => column !== buttonColumn));
  if (faults.length > 0) return faults;
  const bodies = bodyVariablesOf(columns);
  bodies.forEach((number, at) => {
    if (number !== at + 1)
      faults.push(`There is no column body_variable${at + 1}, and there is body_variable${number}.`);
  });
  for (const column of columns) {
    if (column === 'header_variable' || (/^button/.test(column) && column !== buttonColumn && !urlButton.test(column)))
      faults.push(`The column ${column} can't be used in an individual message; send in bulk, or leave it out.`);
  }
  if (columns.includes(buttonColumn) && columns.some((column) => urlButton.test(column)))
    faults.push(`The columns ${buttonColumn} and button1_variable1 can't both be given.`);
  return faults;
}

/** What a recipient's row becomes: the body's variables in their order, and what the buttons want. */
export function composeMessage(columns: readonly string[], row: RecipientValues): MessageValues {
  const [phoneNumber = '', ...values] = row;
  const others = columns.filter((column) => column !== 'phone_number');
  const valueBy = new Map(others.map((column, at) => [column, values[at] ?? '']));
  const urlParams = others.flatMap((column) => {
    const [, number] = urlButton.exec(column) ?? [];
    return number ? [{ type: 'url', values: valueBy.get(column) ?? '', index: Number(number) - 1 }] : [];
  });
  const written = valueBy.get(buttonColumn);
  return {
    phoneNumber,
    variables: bodyVariablesOf(columns).map((number) => valueBy.get(`body_variable${number}`) ?? ''),
    buttonParams: written === undefined ? urlParams : (readButtonParams(written) ?? []),
  };
}

function bodyVariablesOf(columns: readonly string[]): number[] {
  return columns
    .flatMap((column) => Number(bodyVariable.exec(column)?.[1] ?? []))
    .filter((number) => number > 0)
    .sort((a, b) => a - b);
}
