import type { Sql } from './postgres/sql.js';

/**
 * Runs that may have something to chunk, those that are due first, and those in which blocks wait that were handed in, the oldest of these
 * first. Of each, at most so many. `due`: there is something to do even if the buffer is empty.
 */
export async function runsToChunk(db: Sql, limitEach: number): Promise<{ id: string; due: boolean }[]> {
  return db.$queryRaw<{ id: string; due: boolean }[]>`
    WITH RECURSIVE oldest AS (
      -- The first block of each run: not all of them are looked at.
      (SELECT run_id, id FROM handed_in ORDER BY run_id, id LIMIT 1)
      UNION ALL
      SELECT following.run_id, following.id FROM oldest, LATERAL (
        SELECT run_id, id FROM handed_in WHERE run_id > oldest.run_id ORDER BY run_id, id LIMIT 1) AS following
    ), undrained AS (
      SELECT r.id, CASE
        WHEN b.id IS NOT NULL THEN r.sealed_at IS NOT NULL OR r.cancelled_at IS NOT NULL
          OR b.opened_at + r.flush_after_ms * interval '1 millisecond' <= clock_timestamp()
        ELSE r.cancelled_at IS NOT NULL
          OR NOT EXISTS (SELECT 1 FROM intakes i WHERE i.run_id = r.id AND i.closed_at IS NULL AND i.superseded_at IS NULL)
      END IS TRUE AS due
      FROM runs r LEFT JOIN batches b ON b.run_id = r.id AND b.closed_at IS NULL
      WHERE r.drained_at IS NULL ORDER BY due DESC, r.created_at DESC LIMIT ${limitEach}
    )
    SELECT id, due FROM undrained
    UNION ALL SELECT run_id, true FROM (SELECT run_id FROM oldest ORDER BY id LIMIT ${limitEach}) AS handed_in`;
}
