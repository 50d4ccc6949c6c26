import { type Fitting, readFitting } from '../../../domain/columns/column-map.js';
import { parseColumnMap, parseHeads } from '../../../domain/columns/column-map-text.js';
import { UsageError } from '../../../errors.js';

/** As the command line's flags are written. */
export type WrittenFitting = { map?: string; ignoreColumns?: string };

/** Reads how the heads of a body become columns. @throws {UsageError} that names each fault. */
export function readWrittenFitting({ map = '', ignoreColumns = '' }: WrittenFitting): Fitting {
  const pairs = map === '' ? { map: {} } : parseColumnMap(map);
  const heads = ignoreColumns === '' ? { heads: [] } : parseHeads(ignoreColumns);
  if (pairs.fault !== undefined) throw new UsageError(`map: ${pairs.fault}.`);
  if (heads.fault !== undefined) throw new UsageError(`ignoreColumns: ${heads.fault}.`);
  const { fitting, faults } = readFitting({ map: pairs.map, ignoreColumns: heads.heads });
  if (faults.length > 0) throw new UsageError(faults.join(' '));
  return fitting;
}
