import type { Sql } from './postgres/sql.js';

/** So many runs a statement changes; the next pass goes on. After a day of many messages, all at once would never be done in time. */
const atOnce = 10_000;

/**
 * Tells the results of runs whose last start is so long ago, each once. A run of a single message is left out: what became of it is
 * told with the message. So is one of which nothing was handed over. Returns the runs.
 */
export async function noteResults(db: Sql, afterMs: number): Promise<string[]> {
  const rows = await db.$queryRaw<{ runId: string | null }[]>`
    WITH due AS (
      SELECT r.id, b.recipients FROM runs r
      CROSS JOIN LATERAL (
        SELECT max(began_at(b)) AS last_start, coalesce(sum(b.size), 0) AS recipients FROM batches b WHERE b.run_id = r.id AND is_handed_over(b)
      ) AS b
      WHERE r.finished_at <= clock_timestamp() - ${afterMs} * interval '1 millisecond' AND r.results_told_at IS NULL
        AND (b.last_start IS NULL OR b.last_start <= clock_timestamp() - ${afterMs} * interval '1 millisecond')
      ORDER BY r.finished_at LIMIT ${atOnce} FOR NO KEY UPDATE OF r SKIP LOCKED
    ), noted AS (
      UPDATE runs SET results_told_at = clock_timestamp() FROM due WHERE runs.id = due.id RETURNING runs.id, due.recipients
    )
    INSERT INTO notices (event, run_id) SELECT 'run.results', id FROM noted WHERE recipients > 1 RETURNING run_id AS "runId"`;
  return rows.flatMap(({ runId }) => runId ?? []);
}

/**
 * Notes and tells the end of runs of which nothing remains to be chunked or delivered, each once, however many processes
 * look. A run that another transaction has locked is left to the next pass. A run that goes on after its end, as after a retry, will tell it again. Returns the runs that ended.
 */
export async function noteEnds(db: Sql): Promise<string[]> {
  // The statement that makes a run go on clears the mark as well. This is for late answers, which shouldn't touch the run each time.
  const rows = await db.$queryRaw<{ runId: string }[]>`
    WITH going_on AS (
      UPDATE runs SET finished_at = NULL
      WHERE id IN (
        SELECT id FROM runs WHERE finished_at IS NOT NULL
          AND id IN (SELECT run_id FROM batches b WHERE is_unfinished(b))
        FOR NO KEY UPDATE SKIP LOCKED)
    ), ended AS (
      UPDATE runs SET finished_at = clock_timestamp() WHERE id IN (
        SELECT id FROM ended_runs WHERE finished_at IS NULL ORDER BY drained_at LIMIT ${atOnce} FOR NO KEY UPDATE SKIP LOCKED)
      RETURNING id
    )
    INSERT INTO notices (event, run_id) SELECT 'run.finished', id FROM ended RETURNING run_id AS "runId"`;
  return rows.map(({ runId }) => runId);
}
