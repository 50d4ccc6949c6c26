import { showMasked } from '../numbers/mask-number.js';
import { buttonColumn } from './button-params.js';
import { isColumnName } from './columns.js';

/** Which column each head of a file or query stands for; an empty text leaves it out. */
export type ColumnMap = Readonly<Record<string, string>>;

/** How the heads of a file or query become columns; as a caller writes it. */
export type FittingRequest = {
  /** Such as `{"Phone Number": "phone_number"}`; an empty column leaves its head out. Heads that are columns need none. */
  map?: ColumnMap;
  /** Heads that are left out, such as `["Notes"]`. */
  ignoreColumns?: readonly string[];
};

/** The same, checked, and each in the order of its letters, so that equal ones are written alike. */
export type Fitting = { map: ColumnMap; ignoreColumns: readonly string[] };

export const noFitting: Fitting = { map: {}, ignoreColumns: [] };

/** A fitting, or that all heads are taken as they stand: whoever chooses among them doesn't know yet what they become. */
export type FittingOrAny = Fitting & { anyHeads?: true };

export const asTheyStand: FittingOrAny = { ...noFitting, anyHeads: true };

/** Reads what a caller without types may have given; `faults` is a sentence for each that is wrong. */
export function readFitting({ map = {}, ignoreColumns = [] }: { map?: unknown; ignoreColumns?: unknown }): {
  fitting: Fitting;
  faults: string[];
} {
  if (!isMap(map)) return refuse('map must be an object such as {"Phone Number": "phone_number"}.');
  if (!isList(ignoreColumns)) return refuse('ignoreColumns must be a list of heads, such as ["Notes"].');
  const entries = Object.entries(map).map(([head, column]) => [head.trim(), column.trim()] as const);
  const ignored = ignoreColumns.map((head) => head.trim());
  const faults: string[] = [];
  if (entries.some(([head]) => head === '') || ignored.includes(''))
    faults.push('map and ignoreColumns must name heads; one name is empty.');
  for (const [head, column] of entries) {
    if (column !== '' && !isKnownColumn(column))
      faults.push(
        `map: ${showMasked(head)} can't become ${showMasked(column)}, which is not a column; the columns are phone_number, customer_name, header_variable, body_variable1 to body_variable15, button_type and button1_variable1 and so on.`,
      );
    if (ignored.includes(head)) faults.push(`${showMasked(head)} is both in map and in ignoreColumns.`);
  }
  const fitting = {
    map: Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1))),
    ignoreColumns: [...new Set(ignored)].toSorted(),
  };
  return { fitting, faults };
}

/** Finds the column of a head: `''` if it is left out, the head itself if it is none that is known. */
export type ColumnOf = (head: string) => string;

/** A head that is written exactly as it stands comes before one that differs in case or in the spaces around it. */
export function compileColumnOf({ map, ignoreColumns }: Fitting): ColumnOf {
  const pairs = [...ignoreColumns.map((head) => [head, ''] as const), ...Object.entries(map)];
  const exact = new Map(pairs);
  const alike = new Map(pairs.map(([head, column]) => [plain(head), column]));
  return (head) => {
    const written = head.trim();
    const name = plain(head);
    return exact.get(written) ?? alike.get(name) ?? (isKnownColumn(name) ? name : written);
  };
}

/** What is wrong with the heads of a file or query, a sentence each, and the column of each (see `ColumnOf`). */
export function fitHeads(heads: readonly string[], fitting: Fitting): { columns: string[]; faults: string[] } {
  const columns = heads.map(compileColumnOf(fitting));
  const there = new Set(heads.map(plain));
  const absent = [...Object.keys(fitting.map), ...fitting.ignoreColumns].filter((head) => !there.has(plain(head)));
  const faults = absent.map(
    (head) => `There is no column ${showMasked(head)} to be mapped or left out; there are ${listHeads(heads)}.`,
  );
  const headsOf = new Map<string, string[]>();
  for (const [at, column] of columns.entries()) {
    const alike = headsOf.get(column);
    if (alike) alike.push(heads[at] ?? '');
    else headsOf.set(column, [heads[at] ?? '']);
  }
  for (const [column, alike] of headsOf)
    if (column !== '' && alike.length > 1) faults.push(describeDoubled(alike, column));
  return { columns, faults };
}

/** Two heads of one column; which of them is meant is not for us to say. */
export function describeDoubled(heads: readonly string[], column: string): string {
  const names = [...new Set(heads.map((head) => head.trim()))].map(showMasked);
  if (names.length === 1) return `The header line names ${names[0]} more than once.`;
  return `${names.join(' and ')} both become ${isKnownColumn(column) ? column : showMasked(column)}; leave one of them out with --ignore-columns.`;
}

/** Whether some way of sending knows the column. */
export function isKnownColumn(name: string): boolean {
  return isColumnName(name) || name === buttonColumn;
}

export function isEmptyFitting({ map, ignoreColumns }: Fitting): boolean {
  return Object.keys(map).length === 0 && ignoreColumns.length === 0;
}

function listHeads(heads: readonly string[]): string {
  const named = heads.map((head) => head.trim()).filter((head) => head !== '');
  const shown = named.slice(0, 10).map(showMasked).join(', ');
  return named.length > 10 ? `${shown} and ${named.length - 10} more` : shown;
}

/** To normalise a text of combining marks takes the square of its length, and no column's name is so long. */
const mostOfHead = 1_000;

function plain(head: string): string {
  if (head.length > mostOfHead) return head;
  return head.normalize().trim().toLowerCase().replace(/\s+/g, ' ');
}

function refuse(fault: string): { fitting: Fitting; faults: string[] } {
  return { fitting: noFitting, faults: [fault] };
}

function isMap(map: unknown): map is Record<string, string> {
  if (typeof map !== 'object' || map === null || Array.isArray(map)) return false;
  return Object.values(map).every((column) => typeof column === 'string');
}

function isList(heads: unknown): heads is string[] {
  return Array.isArray(heads) && heads.every((head) => typeof head === 'string');
}
