import type { AttemptOutcome } from '../domain/batch.js';
import type { Claim } from './claims.js';
import type { Json, Sql } from './database.js';

/** The intent of one send, committed before its request. */
export type Attempt = {
  id: bigint;
  number: number;
  broadcastName: string;
  broadcastFileId: number;
  startedAt: Date | null;
};

/**
 * Writes the intent: the batch is `sending`, and its attempt stands. `undefined`: it must not be sent now (claim lost,
 * run paused or cancelled, account held). This claim isn't renewed: when it ends unanswered, the batch is `unknown`.
 */
export async function intendSend(
  db: Sql,
  claim: Claim,
  intent: { worker: string; startedAt: Date | null; ttlMs: number },
): Promise<Attempt | undefined> {
  const rows = await db.$queryRaw<(Omit<Attempt, 'broadcastFileId'> & { broadcastFileId: bigint })[]>`
    WITH run AS (
      SELECT id, name FROM runs WHERE id = ${claim.runId} AND paused_at IS NULL AND cancelled_at IS NULL FOR KEY SHARE
    ), sending AS (
      UPDATE batches b SET status = 'sending', attempts = attempts + 1, started_at = ${intent.startedAt}, error = NULL,
             claim_expires_at = clock_timestamp() + ${intent.ttlMs} * interval '1 millisecond'
      FROM run
      WHERE b.id = ${claim.batchId} AND b.run_id = run.id AND b.status = 'uploaded' AND b.claim_token = ${claim.token}::uuid
        AND NOT EXISTS (SELECT 1 FROM active_holds h WHERE h.account = b.account)
      RETURNING b.id, b.attempts, b.broadcast_file_id, run.name
    ), attempt AS (
      INSERT INTO attempts (batch_id, number, worker, broadcast_name, started_at)
      SELECT id, attempts, ${intent.worker}, '[' || id || '.' || attempts || '] ' || name, ${intent.startedAt} FROM sending
      RETURNING id, number, broadcast_name, started_at
    )
    SELECT attempt.id, attempt.number, attempt.broadcast_name AS "broadcastName", attempt.started_at AS "startedAt",
           sending.broadcast_file_id AS "broadcastFileId"
    FROM attempt, sending`;
  const row = rows[0];
  return row && { ...row, broadcastFileId: Number(row.broadcastFileId) };
}

export type Answer = {
  outcome: AttemptOutcome;
  httpStatus: number | null;
  broadcastJobId: number | null;
  /** The whole `broadcast_job`, as the provider gave it. */
  broadcastJob: Json | null;
  error: string | null;
};

export type Settlement = 'settled' | 'extra' | 'ignored' | 'repeated';

/**
 * Stores an answer on its attempt, however late, and settles the batch if that still waits for it: if no other attempt was
 * made meanwhile and it is sending, unknown, or waiting again. An acceptance that settles nothing is an `extra` send.
 * `ignored`: nothing to settle, nothing lost; `repeated`: this attempt was answered before.
 */
export async function recordAnswer(db: Sql, attemptId: bigint, answer: Answer): Promise<Settlement> {
  const { outcome, httpStatus, broadcastJobId, broadcastJob, error } = answer;
  const status = outcome === 'not_sent' ? 'uploaded' : outcome;
  const job = broadcastJob === null ? null : JSON.stringify(broadcastJob);
  const rows = await db.$queryRaw<{ settled: boolean; extra: boolean }[]>`
    WITH attempt AS (
      SELECT id, batch_id, number FROM attempts WHERE id = ${attemptId} AND answered_at IS NULL FOR UPDATE
    ), settled AS (
      UPDATE batches b SET status = ${status}, error = ${error}, claim_token = NULL, claim_expires_at = NULL,
             broadcast_job_id = ${broadcastJobId}, broadcast_job = ${job}::jsonb,
             scheduled_at = CASE WHEN ${status} = 'scheduled' THEN clock_timestamp() END
      FROM attempt
      WHERE b.id = attempt.batch_id AND b.attempts = attempt.number
        AND (b.status = 'sending'
          OR (b.status = 'unknown' AND ${status} <> 'unknown')
          OR (${status} = 'scheduled' AND b.status IN ('pending', 'uploaded', 'failed', 'cancelled') AND b.broadcast_file_id IS NOT NULL))
      RETURNING b.id
    ), answered AS (
      UPDATE attempts a SET answered_at = clock_timestamp(), outcome = ${outcome}, http_status = ${httpStatus},
             broadcast_job_id = ${broadcastJobId}, answer = ${job}::jsonb, error = ${error},
             extra = ${status} = 'scheduled' AND NOT EXISTS (SELECT 1 FROM settled)
      FROM attempt WHERE a.id = attempt.id RETURNING a.extra
    )
    SELECT EXISTS (SELECT 1 FROM settled) AS settled, extra FROM answered`;
  const row = rows[0];
  if (!row) return 'repeated';
  if (row.settled) return 'settled';
  return row.extra ? 'extra' : 'ignored';
}

/** Sends whose claim ended without an answer become `unknown`. Returns how many of each account did. */
export async function expireSends(tx: Sql): Promise<{ account: string; batchIds: string[] }[]> {
  return tx.$queryRaw<{ account: string; batchIds: string[] }[]>`
    WITH expired AS (
      UPDATE batches SET status = 'unknown', claim_token = NULL, claim_expires_at = NULL,
             error = 'The worker was lost, or Postgres, before the answer was recorded.'
      WHERE status = 'sending' AND claim_expires_at <= clock_timestamp() RETURNING id, account
    )
    SELECT account, array_agg(id) AS "batchIds" FROM expired GROUP BY account`;
}
