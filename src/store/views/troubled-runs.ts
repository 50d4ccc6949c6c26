import type { Sql } from '../postgres/database.js';

/** Runs with batches to deliver that nothing holds back, of which none has moved for so long: of these runs, or the first hundred of all. */
export async function stalledRuns(
  db: Sql,
  afterMs: number,
  runIds: readonly string[] | null = null,
): Promise<{ id: string; since: Date }[]> {
  if (runIds?.length === 0) return [];
  return db.$queryRaw<{ id: string; since: Date }[]>`
    WITH going AS MATERIALIZED (
      SELECT * FROM waiting_runs
      WHERE (${runIds && [...runIds]}::text[] IS NULL OR id = ANY(${runIds && [...runIds]}::text[]))
        AND (hand_over_at IS NULL OR hand_over_at <= clock_timestamp() - ${afterMs} * interval '1 millisecond')
        AND account IN (SELECT name FROM accounts WHERE account_may_send(name, false))
    ), waiting AS MATERIALIZED (
      SELECT id FROM going WHERE EXISTS (
        SELECT 1 FROM batches w WHERE w.run_id = going.id AND w.number BETWEEN going.first AND going.last AND waits(w)
          AND (w.closed_at IS NOT NULL OR going.sealed_at IS NOT NULL))
    )
    SELECT r.id, max(greatest(b.opened_at, b.closed_at, b.uploaded_at, b.scheduled_at, a.intended_at, a.answered_at)) AS since
    FROM waiting r JOIN batches b ON b.run_id = r.id LEFT JOIN attempts a ON a.batch_id = b.id
    GROUP BY r.id
    HAVING max(greatest(b.opened_at, b.closed_at, b.uploaded_at, b.scheduled_at, a.intended_at, a.answered_at))
      <= clock_timestamp() - ${afterMs} * interval '1 millisecond'
    ORDER BY r.id LIMIT ${runIds?.length ?? 100}`;
}

/** Runs of which blocks in Redis weren't as they were signed, and that nobody has resumed yet, the latest first. */
export async function unverifiedRuns(db: Sql, limit: number): Promise<{ id: string; reason: string }[]> {
  return db.$queryRaw<{ id: string; reason: string }[]>`
    SELECT id, unverified_reason AS reason FROM runs WHERE unverified_reason IS NOT NULL ORDER BY created_at DESC LIMIT ${limit}`;
}
