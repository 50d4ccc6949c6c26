import type { Sql } from './database.js';

/**
 * Notes and tells the end of runs of which nothing remains to be chunked or delivered, each once, however many processes
 * look. A run that another transaction has locked is left to the next pass. A run that goes on after its end, as after a retry, will tell it again. Returns the runs that ended.
 */
export async function noteEnds(db: Sql): Promise<string[]> {
  // The statement that makes a run go on clears the mark as well. This is for late answers, which shouldn't touch the run each time.
  await db.$executeRaw`
    UPDATE runs SET finished_at = NULL
    WHERE id IN (
      SELECT id FROM runs WHERE finished_at IS NOT NULL
        AND id IN (SELECT run_id FROM batches b WHERE is_unfinished(b))
      FOR NO KEY UPDATE SKIP LOCKED)`;
  const rows = await db.$queryRaw<{ runId: string }[]>`
    WITH ended AS (
      UPDATE runs SET finished_at = clock_timestamp() WHERE id IN (
        SELECT id FROM ended_runs WHERE finished_at IS NULL FOR NO KEY UPDATE SKIP LOCKED)
      RETURNING id
    )
    INSERT INTO notices (event, run_id) SELECT 'run.finished', id FROM ended RETURNING run_id AS "runId"`;
  return rows.map(({ runId }) => runId);
}
