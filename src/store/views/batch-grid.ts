import type { BatchStatus } from '../../domain/runs/batch.js';
import type { Sql } from '../database.js';

/** One letter for each state, for answers with thousands of them. */
export const gridLetters: Readonly<Record<BatchStatus, string>> = {
  pending: 'p',
  uploaded: 'u',
  sending: 's',
  scheduled: 'd',
  failed: 'f',
  unknown: 'x',
  cancelled: 'c',
};

/** The state of each of a run's first batches, a letter each in the order of their numbers, which begin at 1 and miss none. */
export async function batchGrid(db: Sql, runId: string, most: number): Promise<string> {
  const rows = await db.$queryRaw<{ states: string | null }[]>`
    SELECT string_agg(coalesce(${JSON.stringify(gridLetters)}::jsonb ->> status, '-'), '' ORDER BY number) AS states
    FROM batches WHERE run_id = ${runId} AND number <= ${most}`;
  return rows[0]?.states ?? '';
}
