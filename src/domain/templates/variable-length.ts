import type { RecipientValues } from '../recipients/recipient.js';
import { isMedia, type TemplateTexts, takeApart } from './template.js';

/**
 * How many characters a row's values make of the message that is read: each as often as the template says it. The rest of the text is
 * the same for everybody. Of a template whose text isn't known each value of the body counts once.
 */
export function variableLengthOf(
  { header, body }: TemplateTexts,
  columns: readonly string[],
): (values: RecipientValues) => number {
  const times = body === null ? undefined : takeApart(body).times;
  const isHeaderRead = header !== null && !isMedia(header);
  const weights = columns
    .filter((column) => column !== 'phone_number')
    .map((column) => {
      if (column === 'header_variable') return isHeaderRead ? 1 : 0;
      const [, number] = /^body_variable(\d+)$/.exec(column) ?? [];
      return number === undefined ? 0 : times ? (times.get(Number(number)) ?? 0) : 1;
    });
  return ([, ...values]) => values.reduce((sum, value, at) => sum + (weights[at] ?? 0) * value.length, 0);
}
