import { compileColumnOf, type Fitting, noFitting } from '../columns/column-map.js';
import { guessColumns } from '../columns/guess-columns.js';
import { isMedia, type Template } from '../templates/template.js';

/** The head of the source for each column of a template; `null`: none. */
export type DraftMapping = Record<string, string | null>;

/** What a list for a template needs, and what it may have besides. */
export function columnsToMap({ columns, header }: Template): { columns: string[]; optionalColumns: string[] } {
  const others = ['customer_name', ...(isMedia(header) ? ['header_variable'] : [])];
  return { columns: [...columns], optionalColumns: others.filter((column) => !columns.includes(column)) };
}

/**
 * How a source's heads and a template's columns belong together before anybody has said so: as in the mapping that they have, else in the one
 * that was confirmed last for the template, else by their names. What is in doubt stays open: a value in the wrong place is worse than none.
 */
export function firstMapping(
  template: Template,
  heads: readonly string[],
  ...before: readonly DraftMapping[]
): DraftMapping {
  const { columns, optionalColumns } = columnsToMap(template);
  const wanted = [...columns, ...optionalColumns];
  const mapping: DraftMapping = Object.fromEntries(wanted.map((column) => [column, null]));
  const free = new Set(heads.filter((head) => head !== ''));
  const take = (column: string, head: string | null | undefined): void => {
    if (head === null || head === undefined || mapping[column] !== null) return;
    const alike = [...free].filter((other) => plain(other) === plain(head));
    const found = free.has(head) ? head : alike.length === 1 ? alike[0] : undefined;
    if (found === undefined) return;
    mapping[column] = found;
    free.delete(found);
  };
  for (const known of before) for (const column of wanted) take(column, known[column]);
  for (const column of wanted) take(column, column);
  const taken = wanted.filter((column) => mapping[column] !== null);
  // Each by itself, so that of two that could be meant neither is. Which variable of the body one is meant for can't be told by its name.
  const guesses = [...free].flatMap((head) => guessColumns([{ head, values: [] }], taken));
  for (const guessed of ['phone_number', 'customer_name']) {
    const [only, ...more] = guesses.filter(([, column]) => column === guessed);
    if (only && more.length === 0 && guessed in mapping) take(guessed, only[0]);
  }
  return mapping;
}

/**
 * A mapping in which these heads go to these columns; an empty column leaves its head out. A head goes to one place, and so does what was guessed
 * for it, or chosen before.
 */
export function mappedByHeads(mapping: DraftMapping, map: Readonly<Record<string, string>>): DraftMapping {
  const heads = new Set(Object.keys(map));
  const others = Object.entries(mapping).map(([column, head]) => [
    column,
    head !== null && heads.has(head) ? null : head,
  ]);
  const chosen = Object.entries(map).flatMap(([head, column]) => (column === '' ? [] : [[column, head]]));
  return { ...Object.fromEntries(others), ...Object.fromEntries(chosen) } as DraftMapping;
}

/** What is wrong with a mapping, a sentence each. */
export function mappingFaults(template: Template, heads: readonly string[], mapping: DraftMapping): string[] {
  const { columns, optionalColumns } = columnsToMap(template);
  const known = [...columns, ...optionalColumns];
  const used = new Map<string, string>();
  const faults: string[] = [];
  for (const [column, head] of Object.entries(mapping)) {
    if (!known.includes(column))
      faults.push(`The template has no column ${JSON.stringify(column.slice(0, 60))}; it has ${known.join(', ')}.`);
    if (head === null) continue;
    if (!heads.includes(head)) faults.push(`${column}: the list has no column ${JSON.stringify(head.slice(0, 60))}.`);
    const other = used.get(head);
    if (other !== undefined)
      faults.push(
        `${column} and ${other} are both mapped to ${JSON.stringify(head.slice(0, 60))}; a column of the list goes to one place.`,
      );
    used.set(head, column);
  }
  return faults;
}

/** The columns that have none yet and need one. */
export function unmapped(template: Template, mapping: DraftMapping): string[] {
  return template.columns.filter((column) => (mapping[column] ?? null) === null);
}

/** What reading the source takes: the columns in the template's order, and how the source's heads become them. */
export function fittingOf(
  template: Template,
  heads: readonly string[],
  mapping: DraftMapping,
): { columns: string[]; fitting: Fitting } {
  const { columns, optionalColumns } = columnsToMap(template);
  const mapped = [...columns, ...optionalColumns].filter((column) => (mapping[column] ?? null) !== null);
  return { columns: mapped, fitting: fittingOfColumns(mapped, heads, mapping) };
}

/** The same for columns that are known. */
export function fittingOfColumns(columns: readonly string[], heads: readonly string[], mapping: DraftMapping): Fitting {
  const map = new Map(columns.flatMap((column) => (mapping[column] ? [[mapping[column], column] as const] : [])));
  const ignoreColumns = [...new Set(heads)].filter((head) => head !== '' && !map.has(head));
  return { map: Object.fromEntries(map), ignoreColumns };
}

/**
 * How a source's heads and a template's columns belong together by a fitting that somebody has written. What it says of a head counts more than
 * the head's name; of several that are left, none is meant.
 */
export function mappingOfFitting(template: Template, heads: readonly string[], fitting: Fitting): DraftMapping {
  const { columns, optionalColumns } = columnsToMap(template);
  const columnOf = compileColumnOf(fitting);
  const [mapped, plainly] = [compileColumnOf({ ...noFitting, map: fitting.map }), compileColumnOf(noFitting)];
  const isWritten = (head: string) => mapped(head) !== plainly(head);
  const headOf = (column: string): string | null => {
    const meant = heads.filter((head) => columnOf(head) === column);
    const [only, ...more] = meant.some(isWritten) ? meant.filter(isWritten) : meant;
    return only !== undefined && more.length === 0 ? only : null;
  };
  return Object.fromEntries([...columns, ...optionalColumns].map((column) => [column, headOf(column)]));
}

/** The heads that a fitting leaves out belong to no column, whatever they are named. */
export function headsToMap(heads: readonly string[], fitting: Fitting): string[] {
  const columnOf = compileColumnOf(fitting);
  return heads.filter((head) => columnOf(head) !== '');
}

function plain(head: string): string {
  return head
    .normalize()
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ');
}
