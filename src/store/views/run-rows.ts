import { type RecipientValues, readLines } from '../../domain/recipients/recipient.js';
import type { Sql } from '../postgres/sql.js';

/**
 * One row of a run by its place among those that are in batches, from 1, and how many those are. `values` is undefined if there is no
 * such row, or if it was removed.
 */
export async function rowOfRun(
  db: Sql,
  runId: string,
  place: number,
): Promise<{ rows: number; values: RecipientValues | undefined }> {
  const found = await db.$queryRaw<{ rows: number; lines: string | null; within: number | null }[]>`
    WITH placed AS (
      SELECT id, size, sum(size) OVER (ORDER BY number) AS upto FROM batches WHERE run_id = ${runId} AND size > 0
    ), wanted AS (
      SELECT id, ${place}::int - (upto - size) AS within FROM placed WHERE upto >= ${place}::int AND ${place}::int > upto - size
    )
    SELECT (SELECT coalesce(max(upto), 0)::int FROM placed) AS rows, wanted.within::int AS within,
           (SELECT string_agg(lines, chr(10) ORDER BY first_position) FROM batch_rows WHERE batch_id = wanted.id) AS lines
    FROM (SELECT 1) AS one LEFT JOIN wanted ON true`;
  const { rows = 0, lines = null, within = null } = found[0] ?? {};
  return { rows, values: lines === null || within === null ? undefined : readLines(lines)[within - 1] };
}
