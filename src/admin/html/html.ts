/** A piece of HTML that was put together by `html`, so that it holds no text that wasn't escaped. */
export class Html {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** What may stand in a template: text and numbers, which are escaped; pieces and lists of them; or nothing. */
export type Content = Html | string | number | null | undefined | false | readonly Content[];

/**
 * HTML with values in it. Each is escaped, for text and for attributes in quotes alike; only what `html` made itself is not.
 * A value has no place outside of quotes in a tag, in a script, or in a style: nothing is escaped for that.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  let text = strings[0] ?? '';
  for (const [at, value] of values.entries()) text += textOf(value) + (strings[at + 1] ?? '');
  return new Html(text);
}

function textOf(value: Content): string {
  if (value instanceof Html) return value.toString();
  if (value === null || value === undefined || value === false) return '';
  if (typeof value === 'object') return value.map(textOf).join('');
  return escapeText(String(value));
}

function escapeText(text: string): string {
  return text.replace(/[&<>"'`]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
