import { buttonColumn, readButtonParams } from '../columns/button-params.js';
import type { RecipientValues } from '../recipients/recipient.js';
import { fillIn, isMedia, type TemplateButton, type TemplateTexts } from './template.js';

/** A message as its recipient will see it. */
export type RenderedMessage = {
  /** All that is read, from top to bottom: header, body and footer, with an empty line between them. */
  text: string;
  /** What stands above the body, or the kind and address of its media; `null`: nothing. */
  header: string | null;
  /** The body; `null`: the template's text isn't known. */
  body: string | null;
  /** What stands below the body; `null`: nothing. */
  footer: string | null;
  /** The buttons, with a recipient's values in their addresses. */
  buttons: TemplateButton[];
};

/** Fills a row's values in, as WhatsApp does. A place without a value stays as the template has it. */
export function renderMessage(
  template: TemplateTexts,
  columns: readonly string[],
  values: RecipientValues,
): RenderedMessage {
  const [, ...others] = values;
  const names = columns.filter((column) => column !== 'phone_number');
  const valueBy = new Map(names.map((column, at) => [column, others[at]]));
  const inButtons = new Map(
    (readButtonParams(valueBy.get(buttonColumn) ?? '') ?? []).map((param) => [param.index, param.values]),
  );
  const header = renderHeader(template, valueBy.get('header_variable'));
  const body = template.body === null ? null : fillIn(template.body, (number) => valueBy.get(`body_variable${number}`));
  const buttons = template.buttons.map((button, at) => ({
    ...button,
    url:
      button.url === null
        ? null
        : fillIn(button.url, (number) => valueBy.get(`button${at + 1}_variable${number}`) ?? inButtons.get(at)),
  }));
  const text = [header, body, template.footer].filter((part) => part !== null && part !== '').join('\n\n');
  return { text, header, body, footer: template.footer, buttons };
}

function renderHeader({ header }: TemplateTexts, value: string | undefined): string | null {
  if (header === null) return null;
  if (isMedia(header)) {
    const address = value || header.defaultValue;
    return `[${header.type}${address ? `: ${address}` : ''}]`;
  }
  return header.text === null ? null : fillIn(header.text, () => value);
}
