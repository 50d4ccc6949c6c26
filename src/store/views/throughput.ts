import type { Sql } from '../postgres/sql.js';

/** Recipients that were handed over from `at` on, for as long as a bar of the chart stands for. */
export type Throughput = { at: Date; recipients: number };

/** From when to when a run's batches were handed over; `undefined`: none was. */
export async function handOverSpan(db: Sql, runId: string): Promise<{ from: Date; to: Date } | undefined> {
  const rows = await db.$queryRaw<{ from: Date | null; to: Date | null }[]>`
    SELECT min(scheduled_at) AS from, max(scheduled_at) AS to FROM batches WHERE run_id = ${runId} AND status = 'scheduled'`;
  const { from, to } = rows[0] ?? {};
  return from && to ? { from, to } : undefined;
}

/** What was handed over in each stretch of `bucketMs` after `from`; stretches without anything are left out. */
export async function throughputOf(db: Sql, runId: string, from: Date, bucketMs: number): Promise<Throughput[]> {
  const rows = await db.$queryRaw<{ bucket: number; recipients: number }[]>`
    SELECT floor(extract(epoch FROM scheduled_at - ${from}) * 1000 / ${bucketMs}::float8)::int AS bucket, sum(size)::int AS recipients
    FROM batches WHERE run_id = ${runId} AND status = 'scheduled' AND scheduled_at >= ${from} GROUP BY 1 ORDER BY 1`;
  return rows.map(({ bucket, recipients }) => ({ at: new Date(from.getTime() + bucket * bucketMs), recipients }));
}

/**
 * What was handed over of a run within the last `withinMs` after the first batch of that time, and how long ago that one was: what was
 * before it says nothing about how fast the run goes now. `undefined`: nothing was handed over in that time.
 */
export async function recentPace(
  db: Sql,
  runId: string,
  withinMs: number,
): Promise<{ done: number; inMs: number } | undefined> {
  const [pace] = await db.$queryRaw<{ done: number; inMs: number }[]>`
    SELECT (sum(size) - (array_agg(size ORDER BY scheduled_at, number))[1])::int AS done,
      extract(epoch FROM clock_timestamp() - min(scheduled_at))::float8 * 1000 AS "inMs"
    FROM batches WHERE run_id = ${runId} AND status = 'scheduled'
      AND scheduled_at > clock_timestamp() - ${withinMs} * interval '1 millisecond'
    HAVING count(*) > 0`;
  return pace;
}
