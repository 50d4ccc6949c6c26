/** What looks like a mistake in a value that is sent all the same. */
export const doubtKinds = [
  'spreadsheet_error',
  'no_value',
  'placeholder',
  'scientific_notation',
  'outer_spaces',
  'sometimes_empty',
] as const;
export type DoubtKind = (typeof doubtKinds)[number];

/** `example`: the first such value, shortened, its numbers masked. */
export type Doubt = { column: string; kind: DoubtKind; example: string };

/** How many values of a column look like a mistake, of one kind. */
export type CountedDoubt = Doubt & { count: number };

export const doubtWords: Record<DoubtKind, string> = {
  spreadsheet_error: 'an error of a spreadsheet',
  no_value: 'a word that programs write for no value',
  placeholder: 'a placeholder that was not filled in',
  scientific_notation: 'a number in scientific notation',
  outer_spaces: 'spaces before or after the value',
  sometimes_empty: 'empty, where other rows have a value',
};

// LibreOffice writes Err:502; hashes alone are what a column too narrow shows.
const spreadsheetError = /^(?:#(?:N\/A|[A-Z]+[!?]|DIV\/0!|N\/D|GETTING_DATA)|#{3,}|Err:\d{3})$/;
const noValue = /^(?:null|\(null\)|<null>|undefined|none|nil|nan|nat|\\N)$/i;
const placeholder = /\{\{[^{}]*\}\}|\$\{[^{}]*\}/;
const scientific = /^[-+]?\d+(?:[.,]\d+)?e[-+]?\d+$/i;

/** What a value looks like, whose outer spaces don't matter. */
export function doubtAbout(value: string): DoubtKind | undefined {
  const text = value.trim();
  if (spreadsheetError.test(text)) return 'spreadsheet_error';
  if (noValue.test(text) || text.includes('[object Object]')) return 'no_value';
  if (placeholder.test(text)) return 'placeholder';
  return scientific.test(text) ? 'scientific_notation' : undefined;
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

  /** A column that is empty in every row is none that was forgotten in some. */
  list(): CountedDoubt[] {
    return [...this.#counted.values()].filter(({ kind, count }) => kind !== 'sometimes_empty' || count < this.#rows);
  }
}
