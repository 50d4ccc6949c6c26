import type { Command } from 'commander';
import { type ColumnMap, type Fitting, type FittingRequest, readFitting } from '../../domain/columns/column-map.js';
import { parseColumnMap, parseHeads } from '../../domain/columns/column-map-text.js';
import { UsageError } from '../../errors.js';

export type ColumnFlags = { map?: ColumnMap; ignoreColumns?: string[] };

/** The flags that say how the heads of a file or query become columns. */
export function addColumnOptions(command: Command): Command {
  return command
    .option(
      '--map <heads>',
      'which column each head becomes, as "Phone Number=phone_number,Nama=customer_name"',
      readMap,
    )
    .option('--ignore-columns <heads>', 'heads to leave out, as "Notes,Kota"', readHeads);
}

export function fittingRequestOf({ map, ignoreColumns }: ColumnFlags): FittingRequest {
  return { ...(map && { map }), ...(ignoreColumns && { ignoreColumns }) };
}

/** @throws {UsageError} that names each fault. */
export function fittingOf(flags: ColumnFlags): Fitting {
  const { fitting, faults } = readFitting(flags);
  if (faults.length > 0) throw new UsageError(`--map and --ignore-columns: ${faults.join(' ')}`);
  return fitting;
}

function readMap(text: string): ColumnMap {
  const parsed = parseColumnMap(text);
  if (parsed.fault === undefined) return parsed.map;
  throw new UsageError(`--map is ${JSON.stringify(text)}; ${parsed.fault}.`);
}

function readHeads(text: string): string[] {
  const parsed = parseHeads(text);
  if (parsed.fault === undefined) return parsed.heads;
  throw new UsageError(`--ignore-columns is ${JSON.stringify(text)}; ${parsed.fault}.`);
}
