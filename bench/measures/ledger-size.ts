import type { Bench } from '../case.js';

/** The tables that hold recipients and their values. Who changes where they are kept has to change this line and the next. */
export const recipientTables = ['recipients', 'batch_rows'] as const;

/** Which rows of such a table are a run's. */
export const rowsOfRun = {
  recipients: (runId: string) => `run_number = (SELECT number FROM runs WHERE id = '${runId}')`,
  batch_rows: (runId: string) => `batch_id IN (SELECT id FROM batches WHERE run_id = '${runId}')`,
} as const;

export type LedgerSize = { recipients: number; whole: number };

/** Bytes on disk, indexes and all, as they are without a VACUUM. */
export async function ledgerSize({ services }: Bench): Promise<LedgerSize> {
  const rows = await services.query<{ name: string; bytes: number }>(
    `SELECT relname AS name, pg_total_relation_size(oid)::float8 AS bytes
     FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`,
  );
  const sizeOf = (names: readonly string[]) =>
    names.reduce((sum, name) => sum + (rows.find((row) => row.name === name)?.bytes ?? Number.NaN), 0);
  const size = { recipients: sizeOf(recipientTables), whole: sizeOf(rows.map(({ name }) => name)) };
  if (Number.isNaN(size.recipients)) throw new Error(`the ledger has no tables ${recipientTables.join(', ')} any more`);
  return size;
}
