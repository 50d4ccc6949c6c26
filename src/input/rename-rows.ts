import { type ColumnOf, describeDoubled } from '../domain/columns/column-map.js';
import { UnreadableRow } from '../domain/recipients/recipient.js';

/**
 * Compiles what gives a row's values the columns that their keys stand for. A row that has them already is given as it is, and
 * so is what can't be read as one.
 */
export function compileRenaming(columnOf: ColumnOf): (row: unknown, line?: number) => unknown {
  const known = new Map<string, string>();
  const columnOfKey = (key: string): string => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const column = columnOf(key);
    // Rows may have any number of keys that are none.
    if (known.size < 1_000) known.set(key, column);
    return column;
  };
  return (row, line) => {
    if (typeof row !== 'object' || row === null || Array.isArray(row) || row instanceof UnreadableRow) return row;
    for (const key in row)
      if (columnOfKey(key) !== key) return rename(row as Record<string, unknown>, columnOfKey, line);
    return row;
  };
}

function rename(row: Record<string, unknown>, columnOf: ColumnOf, line: number | undefined): object {
  const renamed = new Map<string, [key: string, value: unknown]>();
  for (const [key, value] of Object.entries(row)) {
    const column = columnOf(key);
    const other = renamed.get(column);
    if (column === '') continue;
    if (other) return doubledRow(describeDoubled([other[0], key], column), line, row);
    renamed.set(column, [key, value]);
  }
  return Object.fromEntries([...renamed].map(([column, [, value]]) => [column, value]));
}

function doubledRow(fault: string, line: number | undefined, row: object): UnreadableRow {
  const reason = fault.replace(/\.$/, '');
  return new UnreadableRow(line === undefined ? reason : `line ${line}: ${reason}`, JSON.stringify(row));
}
