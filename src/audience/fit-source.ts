import { compileColumnOf, type Fitting, fitHeads, isEmptyFitting } from '../domain/columns/column-map.js';
import { UsageError } from '../errors.js';
import { compileRenaming } from '../input/rename-rows.js';
import type { AudienceSource } from './audience-source.js';

/**
 * What a query or a function gives, under the columns that its heads are mapped to. Of a function it shows only row by row
 * which heads there are. It closes a source that it refuses. @throws {UsageError} when its heads don't fit.
 */
export async function fitSource(source: AudienceSource, name: string, fitting: Fitting): Promise<AudienceSource> {
  const heads = source.columns;
  const { columns, faults } = heads ? fitHeads(heads, fitting) : { columns: undefined, faults: [] };
  if (faults.length > 0) {
    await source.close();
    throw new UsageError(`${name}: ${faults.join(' ')}`);
  }
  const isAsItIs = columns ? columns.every((column, at) => column === heads?.[at]) : isEmptyFitting(fitting);
  if (isAsItIs) return source;
  return {
    columns: columns?.filter((column) => column !== ''),
    rows: renamed(source.rows, fitting),
    close: () => source.close(),
  };
}

async function* renamed(rows: AsyncIterable<unknown>, fitting: Fitting): AsyncGenerator<unknown, void> {
  const rename = compileRenaming(compileColumnOf(fitting));
  for await (const row of rows) yield rename(row);
}
