/** What looks like a mistake in a value that is sent all the same. */
export const doubtKinds = [
  'spreadsheet_error',
  'no_value',
  'placeholder',
  'scientific_notation',
  'markup',
  'wrongly_decoded',
  'whole_address',
  'unreachable_media',
  'outer_spaces',
  'sometimes_empty',
] as const;
export type DoubtKind = (typeof doubtKinds)[number];

/** A value that looks like a mistake, and is sent all the same. */
export type Doubt = {
  /** The column that it stands in. */
  column: string;
  /** What it looks like. */
  kind: DoubtKind;
  /** The first such value, shortened, its phone numbers masked. */
  example: string;
};

/** How many values of a column look like a mistake, of one kind. */
export type CountedDoubt = Doubt & {
  /** How many values of the column do. */
  count: number;
};

export const doubtWords: Record<DoubtKind, string> = {
  spreadsheet_error: 'an error of a spreadsheet',
  no_value: 'a word that programs write for no value',
  placeholder: 'a placeholder that was not filled in',
  scientific_notation: 'a number in scientific notation',
  markup: 'marks of HTML, which WhatsApp shows as they are',
  wrongly_decoded: 'letters of a wrong encoding',
  whole_address: 'a whole web address, where the template has its beginning already',
  unreachable_media: 'an address that WhatsApp can fetch nothing from',
  outer_spaces: 'spaces before or after the value',
  sometimes_empty: 'empty, where other rows have a value',
};

// LibreOffice writes Err:502; hashes alone are what a column too narrow shows.
const spreadsheetError = /^(?:#(?:N\/A|[A-Z]+[!?]|DIV\/0!|N\/D|GETTING_DATA)|#{3,}|Err:\d{3})$/;
const noValue = /^(?:null|\(null\)|<null>|undefined|none|nil|nan|nat|\\N)$/i;
const placeholder = /\{\{[^{}]*\}\}|\$\{[^{}]*\}/;
const scientific = /^[-+]?\d+(?:[.,]\d+)?e[-+]?\d+$/i;

const markup =
  /&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,6}|#x[\da-f]{1,5});|<\/?(?:br|b|p|i|u|strong|em|div|span|a|ul|li)\b[^>]{0,200}>/i;
/** UTF-8 that was read as Windows-1252: `é` shows as `Ã©`, `’` as `â€™`. */
const wronglyDecoded =
  /[ÃÂ][\u00a0-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]|â€/;
/** Files of one's own machine, and addresses behind a login or a page of their own. */
const unreachable =
  /^(?:file:|[a-z]:\\|\/|www\.)|^https?:\/\/(?:localhost|127\.|10\.|192\.168\.|drive\.google\.com\/(?:file|open)|[^/]{0,100}scontent[^/]{0,100}\.whatsapp\.net)/i;

const mostLookedAt = 2_000;

/** What a column's value looks like, whose outer spaces don't matter. */
export function doubtAbout(value: string, column: string): DoubtKind | undefined {
  // Of a long text the beginning has to do.
  const text = value.trim().slice(0, mostLookedAt);
  if (spreadsheetError.test(text)) return 'spreadsheet_error';
  if (noValue.test(text) || /\[object [A-Z]\w*\]/.test(text)) return 'no_value';
  if (placeholder.test(text)) return 'placeholder';
  if (scientific.test(text)) return 'scientific_notation';
  if (markup.test(text)) return 'markup';
  if (wronglyDecoded.test(text)) return 'wrongly_decoded';
  // The address of a button stands in the template; its variable is the end of it.
  if (column.startsWith('button') && /^(?:https?:\/\/|www\.)/i.test(text)) return 'whole_address';
  return column === 'header_variable' && unreachable.test(text) ? 'unreachable_media' : undefined;
}

/** Counts what rows look like, by column and kind. */
export class Doubts {
  readonly #counted = new Map<string, CountedDoubt>();
  #rows = 0;

  /** Takes the doubts about one row that was accepted. */
  add(doubts: readonly Doubt[] | undefined): void {
    this.#rows += 1;
    if (doubts === undefined) return;
    for (const doubt of doubts) {
      const key = `${doubt.kind} ${doubt.column}`;
      const counted = this.#counted.get(key);
      if (counted) counted.count += 1;
      else this.#counted.set(key, { ...doubt, count: 1 });
    }
  }

  /** The most frequent first. A column that is empty in every row is left out: nobody forgot it in some of them. */
  list(): CountedDoubt[] {
    return [...this.#counted.values()]
      .filter(({ kind, count }) => kind !== 'sometimes_empty' || count < this.#rows)
      .sort((a, b) => b.count - a.count);
  }
}
