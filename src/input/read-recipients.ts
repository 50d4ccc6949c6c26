import {
  compileColumnOf,
  type Fitting,
  type FittingOrAny,
  type FittingRequest,
  fitHeads,
  isKnownColumn,
} from '../domain/columns/column-map.js';
import { isExport, leaveOutExportColumns } from '../domain/columns/export-columns.js';
import { describeUnknownHeads } from '../domain/columns/guess-columns.js';
import { UnreadableRow } from '../domain/recipients/recipient.js';
import { fromSpreadsheetCell } from '../domain/runs/spreadsheet-cell.js';
import { UsageError } from '../errors.js';
import { type OpenedTable, openTable, type TableSource } from './open-table.js';
import { openText } from './open-text.js';
import { compileRenaming } from './rename-rows.js';

/** `map` and `ignoreColumns` as `readFitting` gives them. */
export type RecipientSource = TableSource & FittingRequest & Pick<FittingOrAny, 'anyHeads'>;

export interface OpenedRecipients {
  format: 'csv' | 'ndjson';
  columns: string[];
  /** Objects keyed by column; a line that can't be read as one is in there too, as what a recipient reader rejects. */
  rows: AsyncIterable<unknown>;
  /** Of what was given, packed or not. */
  bytesRead(): number;
  /** The number of the last line, if it has no end and is rejected as it may have been cut off. */
  cutLine(): number | undefined;
}

/** So many rows are looked at to guess what their columns mean. */
const rowsOfSample = 5;

/**
 * Reads the beginning of a file of recipients, CSV or newline-delimited JSON, and streams the rest of it.
 * @throws {UsageError} when no columns can be told, or one of them is unknown. @throws {SiaranError} `INPUT` (also while
 * iterating) when the data can't be read.
 */
export async function openRecipients(input: RecipientSource): Promise<OpenedRecipients> {
  const table = await openTable(input, openText(input.stream, input.name));
  try {
    const { map = {}, ignoreColumns = [] } = input;
    const isOfExport = isExport(table.heads);
    const fitting = isOfExport ? leaveOutExportColumns({ map, ignoreColumns }) : { map, ignoreColumns };
    const { format, bytesRead, cutLine } = table;
    if (table.isEmpty)
      return { format, bytesRead, cutLine, columns: [...table.heads], rows: rowsOf(table, table.heads, fitting) };
    const { columns, faults } = fitHeads(table.heads, fitting);
    if (faults.length > 0) throw new UsageError(`${input.name}: ${faults.join(' ')}`);
    // A body variable with too high a number is refused when the run is started.
    const isUnknown = columns.map((column) => !isKnownColumn(column) && !/^(body_variable\d+)?$/.test(column));
    if (isUnknown.includes(true) && !input.anyHeads)
      throw await unknownHeads(table, { columns, isUnknown }, input.name);
    return {
      ...{ format, bytesRead, cutLine },
      columns: columns.filter((column) => column !== ''),
      rows: table.format === 'csv' && isOfExport ? asExported(table.rows(columns)) : rowsOf(table, columns, fitting),
    };
  } catch (error) {
    await table.close();
    throw error;
  }
}

function rowsOf(table: OpenedTable, columns: readonly string[], fitting: Fitting): AsyncIterable<unknown> {
  return table.format === 'csv' ? table.rows(columns) : table.rows(compileRenaming(compileColumnOf(fitting)));
}

/** With the values of which the export was made. */
async function* asExported(rows: AsyncIterable<object>): AsyncGenerator<object> {
  for await (const row of rows) {
    if (!(row instanceof UnreadableRow)) {
      const values = row as Record<string, string>;
      for (const column of Object.keys(values)) values[column] = fromSpreadsheetCell(values[column] ?? '');
    }
    yield row;
  }
}

type Found = { columns: readonly string[]; isUnknown: readonly boolean[] };

/** Where hardly any row can be read, the others are no better. */
const mostLookedAt = 1_000;

async function unknownHeads(table: OpenedTable, { columns, isUnknown }: Found, name: string): Promise<UsageError> {
  const sample = await sampleOf(table);
  const unknown = table.heads
    .filter((_, at) => isUnknown[at])
    .map((head) => ({ head, values: sample.map((row) => textOf(row[head])) }));
  const taken = columns.filter((column, at) => column !== '' && !isUnknown[at]);
  return new UsageError(`${name}: ${describeUnknownHeads(unknown, taken)}`);
}

/** The first rows by their heads, as far as they can be read. */
async function sampleOf(table: OpenedTable): Promise<Record<string, unknown>[]> {
  const sample: Record<string, unknown>[] = [];
  let looked = 0;
  const rows = table.format === 'csv' ? table.rows(table.heads) : table.rows((row) => row);
  try {
    for await (const row of rows) {
      if (!(row instanceof UnreadableRow)) sample.push(row as Record<string, unknown>);
      looked += 1;
      if (sample.length === rowsOfSample || looked === mostLookedAt) break;
    }
  } catch {
    // What is wrong with the rows isn't what is told now.
  }
  return sample;
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
