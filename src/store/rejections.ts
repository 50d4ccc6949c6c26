import { mostOfReason, varyingInReasons } from '../domain/recipients/rejection-reasons.js';
import { type Sql, sql } from './postgres/sql.js';

/** A row that was not taken; `position` counts from 1 within its source. */
export type RejectedRow = { source: string; position: number; digest: string; reason: string };

/** Keeps each rejection once, however often its row is enqueued, with the time when it was rejected last. */
export async function insertRejections(db: Sql, runId: string, rejections: readonly RejectedRow[]): Promise<void> {
  for (let at = 0; at < rejections.length; at += 1_000) {
    const rows = JSON.stringify(rejections.slice(at, at + 1_000));
    await db.$executeRaw`
      INSERT INTO rejections (run_id, source, position, digest, reason)
      SELECT ${runId}, source, position, digest, reason
      FROM jsonb_to_recordset(${rows}::jsonb) AS rejected(source text, position int, digest text, reason text)
      ON CONFLICT (run_id, source, position, digest) DO UPDATE SET created_at = excluded.created_at`;
  }
}

/** Rejections with the same reason but for the values in it. `position` and `reason` are those of the first one. */
export type CommonReason = { count: number; position: number; reason: string };

/** Why rows were rejected, the commonest reasons first. What differs from row to row makes no other reason. */
export async function commonestReasons(db: Sql, runId: string, limit: number): Promise<CommonReason[]> {
  return db.$queryRaw<CommonReason[]>`
    SELECT count(*)::int AS count, min(position)::int AS position, (array_agg(reason ORDER BY position, digest))[1] AS reason
    FROM rejections WHERE run_id = ${runId}
    GROUP BY regexp_replace(left(reason, ${mostOfReason}), ${varyingInReasons}, '', 'g')
    ORDER BY count(*) DESC, min(position) LIMIT ${limit}`;
}

export async function rejectionsOf(
  db: Sql,
  runId: string,
  page: { after?: RejectedRow; limit: number },
): Promise<RejectedRow[]> {
  const { after, limit } = page;
  const isNext = after
    ? sql`(source, position, digest) > (${after.source}, ${after.position}::int, ${after.digest})`
    : sql`true`;
  return db.$queryRaw<RejectedRow[]>`
    SELECT source, position, digest, reason FROM rejections WHERE run_id = ${runId} AND ${isNext}
    ORDER BY source, position, digest LIMIT ${limit}`;
}

/**
 * How many rows producers have enqueued into the run, as they promised, and how many were rejected. Of a source that was read again
 * from its beginning, the latest reading counts.
 */
export async function countRows(tx: Sql, runId: string): Promise<{ accepted: number; rejected: number }> {
  const rows = await tx.$queryRaw<{ accepted: number; rejected: number }[]>`
    SELECT (SELECT coalesce(sum(rows), 0)::int FROM intakes WHERE run_id = ${runId} AND superseded_at IS NULL) AS accepted,
           (SELECT count(*)::int FROM rejections r WHERE run_id = ${runId} AND NOT EXISTS (
             SELECT 1 FROM intakes i WHERE i.run_id = r.run_id AND i.source = r.source AND i.opened_at > r.created_at)) AS rejected`;
  return rows[0] ?? { accepted: 0, rejected: 0 };
}
