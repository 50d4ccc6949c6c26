import type { Sql } from './postgres/sql.js';

/** A run whose numbers and values are to be removed. */
export type PurgeableRun = { id: string; number: number };

/** Runs that ended so long ago, without an `unknown` batch; also those that were being purged when a process died. */
export async function purgeableRuns(db: Sql, olderThanMs: number): Promise<PurgeableRun[]> {
  return db.$queryRaw<PurgeableRun[]>`
    SELECT id, number FROM runs JOIN run_ends ON run_id = id
    WHERE ended_at <= clock_timestamp() - ${olderThanMs} * interval '1 millisecond'
      AND (purged_at IS NULL OR EXISTS (SELECT 1 FROM recipients WHERE run_number = number))
    ORDER BY created_at`;
}

/**
 * From here on the run takes no recipients and retries nothing. `false`: something has begun again meanwhile. Call it under
 * the run's state lock.
 */
export async function markPurged(tx: Sql, id: string, olderThanMs: number): Promise<boolean> {
  const marked = await tx.$executeRaw`
    UPDATE runs SET purged_at = coalesce(purged_at, clock_timestamp())
    WHERE id = ${id} AND EXISTS (
      SELECT 1 FROM run_ends WHERE run_id = ${id} AND ended_at <= clock_timestamp() - ${olderThanMs} * interval '1 millisecond')`;
  return marked === 1;
}

/** Removes the rows of a run's batches with numbers from `first` to `last`. */
export async function deleteRows(db: Sql, runId: string, first: number, last: number): Promise<void> {
  await db.$executeRaw`
    DELETE FROM batch_rows USING batches b
    WHERE batch_id = b.id AND b.run_id = ${runId} AND b.number BETWEEN ${first} AND ${last}`;
}

/** Empties what the logs of these batches tell of persons; ids and statuses stay. */
export async function emptyLogs(db: Sql, runId: string, first: number, last: number): Promise<void> {
  // In the order in which callbacks lock them.
  await db.$executeRaw`
    UPDATE broadcast_logs SET phone_number = NULL, notes = NULL, answer_notes = NULL
    WHERE id IN (
      SELECT l.id FROM broadcast_logs l JOIN batches b ON b.id = l.batch_id
      WHERE b.run_id = ${runId} AND b.number BETWEEN ${first} AND ${last} 
        AND (l.phone_number IS NOT NULL OR l.notes IS NOT NULL OR l.answer_notes IS NOT NULL)
      ORDER BY l.id FOR UPDATE OF l)`;
}

/** How many, and the last one's number; `null` when there was none left. */
export type DeletedRecipients = { count: number; last: string | null };

/** Removes a run's next recipients in the order of their numbers. */
export async function deleteRecipients(
  db: Sql,
  runNumber: number,
  after: string,
  limit: number,
): Promise<DeletedRecipients> {
  const rows = await db.$queryRaw<DeletedRecipients[]>`
    WITH slice AS (
      SELECT phone_number FROM recipients WHERE run_number = ${runNumber} AND phone_number > ${after}::bigint
      ORDER BY phone_number LIMIT ${limit}
    ), removed AS (
      DELETE FROM recipients USING slice
      WHERE run_number = ${runNumber} AND recipients.phone_number = slice.phone_number
    )
    SELECT count(*)::int, max(phone_number)::text AS last FROM slice`;
  return rows[0] ?? { count: 0, last: null };
}

/** Who looks for a number needs not ask this run any more. Call it when no recipients are left. */
export async function noteEmptied(db: Sql, runNumber: number): Promise<void> {
  await db.$executeRaw`DELETE FROM large_runs WHERE run_number = ${runNumber}`;
}

/** Runs that were started so long ago and keep their recipients, because they haven't ended or a batch is `unknown`. */
export async function unpurgedRuns(db: Sql, olderThanMs: number): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM runs LEFT JOIN run_ends ON run_id = id
    WHERE purged_at IS NULL AND ended_at IS NULL
      AND created_at <= clock_timestamp() - ${olderThanMs} * interval '1 millisecond'
    ORDER BY created_at`;
  return rows.map((row) => row.id);
}
