import { empty, type Sql, sql } from '../../postgres/sql.js';

/** A run with batches to deliver that nothing holds back, and of which none has moved for a while. */
type StalledRun = {
  id: string;
  account: string;
  name: string;
  /** Who is in batches that wait. */
  recipients: number;
  /** When it last moved. */
  since: Date;
};

/** More aren't told, unless it is asked about more. */
const mostStalled = 100;

/**
 * Runs that have been stalled for so long: of these, or the first ones of all, by id. Only those of which a batch has waited as long are
 * looked at, each by its id: its work doesn't grow with the history. Of a stalled run, all that wait have waited so long.
 */
export async function stalledRuns(
  db: Sql,
  afterMs: number,
  runIds: readonly string[] | null = null,
): Promise<StalledRun[]> {
  if (runIds?.length === 0) return [];
  const before = sql`clock_timestamp() - ${afterMs} * interval '1 millisecond'`;
  const asked = runIds ? sql`b.run_id = ANY(${[...runIds]}::text[]) AND` : empty;
  return db.$queryRaw<StalledRun[]>`
    WITH late AS MATERIALIZED (
      SELECT run_id AS id, sum(size)::int AS recipients FROM batches b
      WHERE ${asked} waits(b) AND greatest(b.opened_at, b.closed_at) <= ${before} GROUP BY run_id
    ), sending AS MATERIALIZED (
      SELECT name FROM accounts WHERE account_may_send(name, false)
    ), going AS MATERIALIZED (
      SELECT r.*, late.recipients FROM late CROSS JOIN LATERAL (SELECT * FROM waiting_runs w WHERE w.id = late.id OFFSET 0) AS r
      WHERE (r.hand_over_at IS NULL OR r.hand_over_at <= ${before}) AND r.account IN (SELECT name FROM sending)
    ), stalled AS (
      SELECT going.id, going.recipients, moved.at AS since
      FROM going CROSS JOIN LATERAL (
        SELECT max(greatest(b.opened_at, b.closed_at, b.uploaded_at, b.scheduled_at, a.intended_at, a.answered_at)) AS at
        FROM batches b LEFT JOIN attempts a ON a.batch_id = b.id WHERE b.run_id = going.id OFFSET 0
      ) AS moved
      WHERE moved.at <= ${before} AND EXISTS (
        SELECT 1 FROM batches w WHERE w.run_id = going.id AND w.number BETWEEN going.first AND going.last AND waits(w)
          AND (w.closed_at IS NOT NULL OR going.sealed_at IS NOT NULL))
      ORDER BY going.id LIMIT ${runIds?.length ?? mostStalled}
    )
    SELECT s.id, r.account, r.name, s.since, s.recipients
    FROM stalled s CROSS JOIN LATERAL (SELECT account, name FROM runs WHERE runs.id = s.id OFFSET 0) AS r ORDER BY s.id`;
}

/** Runs of which blocks in Redis weren't as they were signed, and that nobody has resumed yet, the latest first. */
export async function unverifiedRuns(db: Sql, limit: number): Promise<{ id: string; reason: string }[]> {
  return db.$queryRaw<{ id: string; reason: string }[]>`
    SELECT id, unverified_reason AS reason FROM runs WHERE unverified_reason IS NOT NULL ORDER BY created_at DESC LIMIT ${limit}`;
}
