import type { Fitting } from './column-map.js';

/**
 * What an export tells of a recipient behind the run's columns: what becomes of somebody is what becomes of the batch and, as far as
 * callbacks tell, of the message.
 */
export const exportColumns = [
  ...(['batch', 'status', 'started_at', 'broadcast_job_id', 'error'] as const),
  ...(['broadcast_log_id', 'message_id', 'delivery_status', 'code', 'notes'] as const),
];

/** A file that ends with all of an export's own columns is one, or a part of one. */
export function isExport(heads: readonly string[]): boolean {
  const last = heads.slice(-exportColumns.length).map((head) => head.trim());
  return last.join() === exportColumns.join();
}

/** The columns of its own that an export has are left out, unless they are mapped. */
export function leaveOutExportColumns({ map, ignoreColumns }: Fitting): Fitting {
  const others = exportColumns.filter((column) => !(column in map));
  return { map, ignoreColumns: [...new Set([...ignoreColumns, ...others])] };
}
