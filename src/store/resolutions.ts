import type { BatchStatus } from '../domain/runs/batch.js';
import { statusUnsent } from './attempts.js';
import { type Fragment, type Sql, sql } from './postgres/sql.js';

/** What an operator found out about an unknown batch at Qiscus. */
export type Resolution = (
  | {
      /** It was sent: the id of its broadcast job at Qiscus. */
      sent: number;
    }
  | {
      /** It was certainly not sent: it goes out again. */
      notSent: true;
      /** Says so before the time after which Qiscus can't accept it any more. Default false: that is refused (`NOT_SETTLED`). */
      force?: boolean;
      /** The batch's size, if it wasn't sent although callbacks tell that it was. Otherwise that is refused (`EVIDENCE`). */
      despiteEvidence?: number;
      /** With `despiteEvidence`: how many of its messages the operator saw reported. More reports are not overruled. */
      seen?: number;
    }
) & {
  /** Replaces what was decided about the batch before, if nothing was sent since. Default false. */
  correct?: boolean;
};

/** Lets nobody else resolve a batch until the transaction ends: no two may be given the same job id. Take it before any row. */
export async function lockResolutions(tx: Sql): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(1667329123)`;
}

/** Other batches than `b` that have a broadcast job, be it by a send too many. */
function batchesWithJob(jobId: number | null): Fragment {
  return sql`
    SELECT o.id FROM batches o WHERE o.broadcast_job_id = ${jobId}::bigint AND o.account = b.account AND o.id <> b.id
    UNION ALL SELECT o.id FROM attempts x JOIN batches o ON o.id = x.batch_id
    WHERE x.extra AND x.broadcast_job_id = ${jobId}::bigint AND o.account = b.account AND o.id <> b.id`;
}

/**
 * Whether the latest send `a` of `b` was decided about by an operator, or by evidence, and nothing was sent since. A refusal that came
 * later doesn't change that; an acceptance does.
 */
const isDecided = sql`(b.status <> 'sending' AND a.outcome IS DISTINCT FROM 'scheduled'
  AND (b.individual OR b.broadcast_file_id IS NOT NULL) AND NOT is_emptied(b)
  AND EXISTS (SELECT 1 FROM attempts d WHERE d.batch_id = b.id AND d.kind <> 'send'
    AND (d.number = a.number OR (b.sent_by_evidence AND d.kind = 'evidence'))))`;

/**
 * Settles an unknown batch as an operator says, and keeps who said so, and why, beside the send that it is about. That it was
 * not sent has to wait until nobody can be working on the request any more, unless it is forced; and nobody may say so while
 * callbacks tell the opposite, unless the batch's size is given. Call it under the run's state lock, so that no callback comes
 * in between. @returns the batch's new status, or `undefined` when that may not be said: see `resolvability`.
 */
export async function resolveUnknown(
  tx: Sql,
  batchId: string,
  resolution: Resolution,
  { by, reason, settleAfterMs }: { by: string; reason: string | null; settleAfterMs: number },
): Promise<BatchStatus | undefined> {
  const jobId = 'sent' in resolution ? resolution.sent : null;
  const atOnce = 'sent' in resolution || resolution.force === true;
  const { despiteEvidence: despite = null, seen = null } = 'sent' in resolution ? {} : resolution;
  const rows = await tx.$queryRaw<{ status: BatchStatus }[]>`
    WITH run AS (
      SELECT id, cancelled_at FROM runs WHERE id = (SELECT run_id FROM batches WHERE id = ${batchId}) FOR KEY SHARE
    ), settled AS (
      UPDATE batches b SET error = NULL, claim_token = NULL, claim_expires_at = NULL, broadcast_job_id = ${jobId}::bigint,
             broadcast_job = NULL, sent_by_evidence = false,
             status = CASE WHEN ${jobId}::bigint IS NOT NULL THEN 'scheduled' ELSE ${statusUnsent} END,
             scheduled_at = CASE WHEN ${jobId}::bigint IS NOT NULL THEN clock_timestamp() END
      FROM run, attempts a
      WHERE b.id = ${batchId} AND b.run_id = run.id AND a.batch_id = b.id AND a.number = b.attempts AND a.kind = 'send'
        AND (b.status = 'unknown' OR (${resolution.correct === true} AND ${isDecided}))
        AND (${jobId}::bigint IS NULL OR NOT EXISTS (${batchesWithJob(jobId)}))
        AND (${jobId}::bigint IS NOT NULL OR reported_of_batch(b.id) = 0
          OR (${despite}::int = b.size AND reported_of_batch(b.id) <= coalesce(${seen}::int, reported_of_batch(b.id))))
        AND (${atOnce} OR a.intended_at + ${settleAfterMs} * interval '1 millisecond' <= clock_timestamp())
      RETURNING b.id, b.run_id, b.account, b.size + b.suppressed AS of, b.individual, b.status, a.number, a.broadcast_name, a.started_at
    ), told AS (
      SELECT id, reported_of_batch(id) AS reported FROM settled
    ), declared AS (
      -- All its sends without an answer: that it was sent explains what is reported of any of them, and that it was not overrules it.
      UPDATE attempts s SET declared_unsent = ${jobId}::bigint IS NULL,
             overruled = CASE WHEN ${jobId}::bigint IS NULL THEN reported(s.batch_id, s.number) ELSE 0 END
      FROM settled WHERE s.batch_id = settled.id AND s.kind = 'send' AND (s.outcome IS DISTINCT FROM 'scheduled' OR s.extra)
        AND (s.number = settled.number OR s.declared_unsent)
    ), log AS (
      -- A message that was sent has a log, so that what becomes of it can be noted.
      INSERT INTO broadcast_logs (account, batch_id, send, phone_number, broadcast_job_id, status)
      SELECT account, id, number, split_part(lines, '"', 2)::bigint, ${jobId}::bigint, 'scheduled' FROM settled JOIN batch_rows ON batch_id = id
      WHERE individual AND ${jobId}::bigint IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM broadcast_logs l WHERE l.batch_id = settled.id AND l.send = settled.number)
    ), again AS (
      UPDATE runs SET finished_at = NULL FROM settled WHERE runs.id = settled.run_id AND settled.status IN ('pending', 'uploaded')
    ), kept AS (
      /* an operator resolves a batch */ INSERT INTO attempts (batch_id, number, kind, worker, broadcast_name, started_at, answered_at, outcome, broadcast_job_id, reason, evidence)
      SELECT id, number, 'resolve', ${by}, broadcast_name, started_at, clock_timestamp(),
             CASE WHEN ${jobId}::bigint IS NOT NULL THEN 'scheduled' ELSE 'not_sent' END, ${jobId}::bigint, ${reason},
             (SELECT jsonb_build_object('reported', reported, 'of', of) FROM told WHERE reported > 0)
      FROM settled
    )
    SELECT status FROM settled`;
  return rows[0]?.status;
}

/**
 * What stands in the way of a resolution: how the batch stands, whether what was decided about it can be corrected, how many of
 * its messages callbacks told of, how long its last send has to settle yet, and whether another batch has the broadcast job.
 */
export type Resolvability = {
  status: BatchStatus;
  size: number;
  /** Also those who were left out since. */
  of: number;
  isDecided: boolean;
  reported: number;
  waitMs: number;
  /** The batch that has the broadcast job. */
  takenBy: string | null;
};

export async function resolvability(
  db: Sql,
  batchId: string,
  jobId: number | null,
  settleAfterMs: number,
): Promise<Resolvability | undefined> {
  const rows = await db.$queryRaw<(Omit<Resolvability, 'waitMs'> & { waitMs: number | null })[]>`
    SELECT b.status, b.size, b.size + b.suppressed AS of, coalesce(${isDecided}, false) AS "isDecided", reported_of_batch(b.id) AS reported,
           (SELECT min(taken) FROM (${batchesWithJob(jobId)}) AS others(taken)) AS "takenBy",
           (extract(epoch FROM a.intended_at - clock_timestamp()) * 1000 + ${settleAfterMs})::float8 AS "waitMs"
    FROM batches b LEFT JOIN attempts a ON a.batch_id = b.id AND a.number = b.attempts AND a.kind = 'send' WHERE b.id = ${batchId}`;
  const row = rows[0];
  return row && { ...row, waitMs: Math.max(0, row.waitMs ?? 0) };
}
