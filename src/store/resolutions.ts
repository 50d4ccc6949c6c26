import type { BatchStatus } from '../domain/batch.js';
import { Prisma } from '../generated/prisma/client.js';
import { statusUnsent } from './attempts.js';
import type { Sql } from './database.js';

/**
 * What an operator found out about an unknown batch at the provider. `correct`: what was decided about it before was wrong.
 * `despiteEvidence`: the batch's size, from somebody who insists that it wasn't sent although call-backs tell that it was.
 */
export type Resolution = ({ sent: number } | { notSent: true; force?: boolean; despiteEvidence?: number }) & {
  correct?: boolean;
};

/** Lets nobody else resolve a batch of this account until the transaction ends: no two may be given the same job id. */
export async function lockResolutions(tx: Sql, batchId: string): Promise<void> {
  await tx.$queryRaw`
    SELECT 1 FROM accounts WHERE name = (SELECT account FROM batches WHERE id = ${batchId}) FOR NO KEY UPDATE`;
}

/** Whether another batch `o` than `b` has a broadcast job, be it by a send too many. */
function isTaken(jobId: number | null): Prisma.Sql {
  return Prisma.sql`(
    EXISTS (SELECT 1 FROM batches o WHERE o.broadcast_job_id = ${jobId}::bigint AND o.account = b.account AND o.id <> b.id)
    OR EXISTS (SELECT 1 FROM attempts x JOIN batches o ON o.id = x.batch_id
      WHERE x.extra AND x.broadcast_job_id = ${jobId}::bigint AND o.account = b.account AND o.id <> b.id))`;
}

/** Whether call-backs tell of the send `a` of the batch `b`. */
const isReported = Prisma.sql`EXISTS (SELECT 1 FROM evidence e WHERE e.batch_id = b.id AND e.send = a.number)`;

/** Whether the send `a` of `b` was decided about by somebody, or by evidence, and nothing was sent since. */
const isDecided = Prisma.sql`(b.status <> 'sending' AND (a.outcome IS NULL OR a.outcome = 'unknown') AND (b.individual OR b.broadcast_file_id IS NOT NULL)
  AND EXISTS (SELECT 1 FROM attempts d WHERE d.batch_id = b.id AND d.number = a.number AND d.kind <> 'send'))`;

/**
 * Settles an unknown batch as an operator says, and keeps who said so, and why, beside the send that it is about. That it was
 * not sent has to wait until nobody can be working on the request any more, unless it is forced; and nobody may say so while
 * call-backs tell the opposite, unless the batch's size is given. Call it under the run's state lock, so that no call-back comes
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
  const despite = 'sent' in resolution ? null : (resolution.despiteEvidence ?? null);
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
        AND (${jobId}::bigint IS NULL OR NOT ${isTaken(jobId)})
        AND (${jobId}::bigint IS NOT NULL OR ${despite}::int = b.size OR NOT ${isReported})
        AND (${atOnce} OR a.intended_at + ${settleAfterMs} * interval '1 millisecond' <= clock_timestamp())
      RETURNING b.id, b.run_id, b.account, b.size, b.individual, b.status, a.id AS send_id, a.number, a.broadcast_name, a.started_at
    ), told AS (
      SELECT settled.id, e.reported FROM settled JOIN evidence e ON e.batch_id = settled.id AND e.send = settled.number
    ), declared AS (
      UPDATE attempts SET declared_unsent = ${jobId}::bigint IS NULL,
             despite_evidence = ${jobId}::bigint IS NULL AND EXISTS (SELECT 1 FROM told)
      FROM settled WHERE attempts.id = settled.send_id
    ), log AS (
      -- A message that was sent has a log, so that what becomes of it can be noted.
      INSERT INTO broadcast_logs (account, batch_id, send, phone_number, broadcast_job_id, status)
      SELECT account, id, number, split_part(lines, '"', 2)::bigint, ${jobId}::bigint, 'scheduled' FROM settled JOIN batch_rows ON batch_id = id
      WHERE individual AND ${jobId}::bigint IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM broadcast_logs l WHERE l.batch_id = settled.id AND l.send = settled.number)
    ), again AS (
      UPDATE runs SET finished_at = NULL FROM settled WHERE runs.id = settled.run_id AND settled.status IN ('pending', 'uploaded')
    ), kept AS (
      INSERT INTO attempts (batch_id, number, kind, worker, broadcast_name, started_at, answered_at, outcome, broadcast_job_id, reason,
                            despite_evidence, evidence)
      SELECT id, number, 'resolve', ${by}, broadcast_name, started_at, clock_timestamp(),
             CASE WHEN ${jobId}::bigint IS NOT NULL THEN 'scheduled' ELSE 'not_sent' END, ${jobId}::bigint, ${reason},
             ${jobId}::bigint IS NULL AND EXISTS (SELECT 1 FROM told),
             (SELECT jsonb_build_object('reported', reported, 'of', size) FROM told)
      FROM settled
    )
    SELECT status FROM settled`;
  return rows[0]?.status;
}

/**
 * What stands in the way of a resolution: how the batch stands, whether what was decided about it can be corrected, how many of
 * its messages call-backs told of, how long its last send has to settle yet, and whether another batch has the broadcast job.
 */
export type Resolvability = {
  status: BatchStatus;
  size: number;
  isDecided: boolean;
  reported: number;
  waitMs: number;
  isTaken: boolean;
};

export async function resolvability(
  db: Sql,
  batchId: string,
  jobId: number | null,
  settleAfterMs: number,
): Promise<Resolvability | undefined> {
  const rows = await db.$queryRaw<(Omit<Resolvability, 'waitMs'> & { waitMs: number | null })[]>`
    SELECT b.status, b.size, coalesce(${isDecided}, false) AS "isDecided", ${jobId}::bigint IS NOT NULL AND ${isTaken(jobId)} AS "isTaken",
           coalesce((SELECT e.reported FROM evidence e WHERE e.batch_id = b.id AND e.send = a.number), 0) AS reported,
           (extract(epoch FROM a.intended_at - clock_timestamp()) * 1000 + ${settleAfterMs})::float8 AS "waitMs"
    FROM batches b LEFT JOIN attempts a ON a.batch_id = b.id AND a.number = b.attempts AND a.kind = 'send' WHERE b.id = ${batchId}`;
  const row = rows[0];
  return row && { ...row, waitMs: Math.max(0, row.waitMs ?? 0) };
}
