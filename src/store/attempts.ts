import { identitiesIn } from '../domain/recipients/recipient.js';
import type { AttemptOutcome } from '../domain/runs/batch.js';
import type { MovedBy } from '../domain/timing/batch-start.js';
import { groupByRun } from './by-run.js';
import type { Claim } from './claims.js';
import { mostUnknowns } from './holds.js';
import { exists, type Sql, sql } from './postgres/sql.js';
import { noneIsSuppressed } from './suppressions.js';

/** The intent of one send, committed before its request. */
export type Attempt = {
  id: bigint;
  number: number;
  token: string;
  broadcastName: string;
  /** `null`: a message, which has none. */
  broadcastFileId: number | null;
  startedAt: Date | null;
  /** Of the sends of this batch before it. */
  earlierTokens: string[];
};

/** By how much the clock that decided about a start may differ from Postgres's: time passes while the intent is on its way. */
export const clockToleranceMs = 15_000;

/**
 * Writes the intent: the batch is `sending`, and its attempt stands. `undefined`: it must not be sent now (claim lost, run paused
 * or cancelled, account held, one of its numbers suppressed meanwhile, callbacks tell that it was sent; or its start was
 * decided by a clock that differs from Postgres's). This claim isn't renewed: when it ends unanswered, the batch is `unknown`.
 * @param intent.decidedAt the instant by which its start was decided; by default now, as the claim tells it.
 */
export async function intendSend(
  db: Sql,
  claim: Claim,
  intent: { worker: string; decidedAt?: Date; startedAt: Date | null; movedBy: MovedBy | null; ttlMs: number },
): Promise<Attempt | undefined> {
  const rows = await db.$queryRaw<(Omit<Attempt, 'broadcastFileId' | 'token'> & { broadcastFileId: bigint | null })[]>`
    /* the intent of a send */ WITH run AS (
      SELECT id, name FROM runs r WHERE id = ${claim.runId} AND may_go_out(r, ${claim.number}::int) FOR KEY SHARE
    ), sending AS (
      UPDATE batches b SET status = 'sending', attempts = attempts + 1, started_at = ${intent.startedAt}, error = NULL,
             moved_by = ${intent.movedBy}, handed_over_at = clock_timestamp(),
             claim_expires_at = clock_timestamp() + ${intent.ttlMs} * interval '1 millisecond'
      FROM run
      WHERE b.id = ${claim.batchId} AND b.run_id = run.id AND b.claim_token = ${claim.token}::uuid
        AND b.status = CASE WHEN b.individual THEN 'pending' ELSE 'uploaded' END AND NOT is_contradicted(b)
        AND account_may_send(b.account, b.individual AND ${claim.probing})
        AND ${intent.decidedAt ?? claim.now()}::timestamptz BETWEEN clock_timestamp() - ${clockToleranceMs} * interval '1 millisecond'
          AND clock_timestamp() + ${clockToleranceMs} * interval '1 millisecond'
        AND ${noneIsSuppressed(identitiesIn(claim.lines ?? ''))}
      RETURNING b.id, b.attempts, b.broadcast_file_id, run.name
    ), attempt AS (
      INSERT INTO attempts (batch_id, number, token, worker, broadcast_name, started_at)
      SELECT id, attempts, ${claim.token}::uuid, ${intent.worker}, '[' || id || '.' || attempts || '] ' || name, ${intent.startedAt} FROM sending
      RETURNING id, number, broadcast_name, started_at
    )
    SELECT attempt.id, attempt.number, attempt.broadcast_name AS "broadcastName", attempt.started_at AS "startedAt",
           sending.broadcast_file_id AS "broadcastFileId",
           ARRAY(SELECT token::text FROM attempts WHERE batch_id = sending.id AND token IS NOT NULL) AS "earlierTokens"
    FROM attempt, sending`;
  const row = rows[0];
  if (!row) return undefined;
  const { broadcastFileId: file } = row;
  return { ...row, token: claim.token, broadcastFileId: file === null ? null : Number(file) };
}

/** Whether this claim's attempt stands in the ledger. */
async function hasAttempt(db: Sql, token: string): Promise<boolean> {
  return exists(db, sql`SELECT FROM attempts WHERE token = ${token}::uuid`);
}

export type Answer = {
  outcome: AttemptOutcome;
  httpStatus: number | null;
  broadcastJobId: number | null;
  /** The whole `broadcast_job`, as the provider gave it. */
  broadcastJob: unknown;
  error: string | null;
};

type Settlement = 'settled' | 'extra' | 'ignored' | 'repeated' | 'lost';

/** `troubled`: there are holds, or unknown sends in a row, that a send that went through ends. */
export type Recorded = { settlement: Settlement; troubled: boolean };

/** What a batch `b` of `run` is, once it is known that it wasn't sent. */
export const statusUnsent = sql`CASE
  WHEN run.cancelled_at IS NOT NULL OR is_emptied(b) THEN 'cancelled'
  -- A file from before a recipient was left out of it must not go out.
  WHEN b.individual OR b.suppressed > 0 THEN 'pending' ELSE 'uploaded' END`;

/**
 * Stores an answer on its attempt, however late, and settles the batch if that still waits for it: if no other attempt was
 * made meanwhile and it is sending, unknown, or waiting again, or if it confirms what an operator said; but not if its run was fired anew. An acceptance that settles nothing is an `extra` send.
 * `ignored`: nothing to settle, nothing lost; `repeated`: this attempt was answered before; `lost`: the ledger doesn't have it.
 * @param token of the claim that made the attempt: an id may be given out again by a ledger that went back.
 */
export async function recordAnswer(db: Sql, token: string, answer: Answer): Promise<Recorded> {
  const { outcome, httpStatus, broadcastJobId, broadcastJob, error } = answer;
  const status = outcome === 'not_sent' ? 'uploaded' : outcome;
  const job = broadcastJob === null ? null : JSON.stringify(broadcastJob);
  const rows = await db.$queryRaw<{ settled: boolean; extra: boolean; troubled: boolean }[]>`
    /* the answer to a send */ WITH attempt AS (
      SELECT id, batch_id, number FROM attempts WHERE token = ${token}::uuid AND answered_at IS NULL FOR UPDATE
    ), run AS (
      SELECT id, account, cancelled_at FROM runs
      WHERE id = (SELECT run_id FROM batches WHERE id = (SELECT batch_id FROM attempt)) FOR KEY SHARE
    ), before AS (
      -- After the run, as everybody locks them; and before it is changed, so that this says what it was.
      SELECT status FROM batches WHERE id = (SELECT batch_id FROM attempt) AND EXISTS (SELECT 1 FROM run) FOR NO KEY UPDATE
    ), firing AS (
      -- Under its lock, as the run's: a transaction that waited for a run that is fired anew has to see that. Only such a batch is cancelled, or was failed.
      SELECT run_id FROM firings f
      WHERE (run_id = (SELECT id FROM run) OR replaced_runs @> ARRAY[(SELECT id FROM run)])
        AND (SELECT status FROM before) IN ('failed', 'cancelled') FOR SHARE OF f
    ), settled AS (
      UPDATE batches b SET error = ${error}, claim_token = NULL, claim_expires_at = NULL,
             broadcast_job_id = ${broadcastJobId}, broadcast_job = ${job}::jsonb, sent_by_evidence = false,
             status = CASE WHEN ${status} <> 'uploaded' THEN ${status} ELSE ${statusUnsent} END,
             scheduled_at = CASE WHEN ${status} = 'scheduled' THEN clock_timestamp() END
      FROM attempt, run, before
      WHERE b.id = attempt.batch_id AND b.attempts = attempt.number
        AND (b.status = 'sending'
          OR (b.status = 'unknown' AND ${status} <> 'unknown')
          OR (${status} = 'scheduled' AND (b.individual OR b.broadcast_file_id IS NOT NULL)
            AND (b.status IN ('pending', 'uploaded', 'failed', 'cancelled') OR b.sent_by_evidence OR b.broadcast_job_id = ${broadcastJobId})
            -- Of whom it was sent to, nobody is in it any more: that is one to look at.
            AND NOT is_emptied(b)
            -- Its run was cancelled for another one, which messages the same people.
            AND NOT EXISTS (SELECT 1 FROM firing WHERE firing.run_id IS DISTINCT FROM run.id)))
      RETURNING b.id
    ), answered AS (
      UPDATE attempts a SET answered_at = clock_timestamp(), outcome = ${outcome}, http_status = ${httpStatus},
             broadcast_job_id = ${broadcastJobId}, error = ${error},
             extra = ${status} = 'scheduled' AND NOT EXISTS (SELECT 1 FROM settled),
             declared_unsent = declared_unsent AND NOT EXISTS (SELECT 1 FROM settled)
      FROM attempt WHERE a.id = attempt.id RETURNING a.extra
    ), counted AS (
      -- It did not end without an answer, only later than its claim: what was counted for it is taken back, and the hold with it.
      UPDATE accounts SET unknown_streak = greatest(unknown_streak - 1, 0)
      FROM run, before WHERE accounts.name = run.account AND before.status = 'unknown' AND EXISTS (SELECT 1 FROM settled)
      RETURNING name, unknown_streak
    ), lifted AS (
      UPDATE holds SET lifted_at = clock_timestamp() FROM counted
      WHERE holds.account = counted.name AND kind = 'unknowns' AND lifted_at IS NULL AND unknown_streak < ${mostUnknowns}
    )
    SELECT EXISTS (SELECT 1 FROM settled) AS settled, extra,
           EXISTS (SELECT 1 FROM run JOIN accounts ON name = run.account WHERE unknown_streak > 0)
             OR EXISTS (SELECT 1 FROM run JOIN holds USING (account)) AS troubled
    FROM answered`;
  const row = rows[0];
  if (!row) return { settlement: (await hasAttempt(db, token)) ? 'repeated' : 'lost', troubled: false };
  const settlement = row.settled ? 'settled' : row.extra ? 'extra' : 'ignored';
  return { settlement, troubled: row.troubled };
}

/** A send that Qiscus accepted although its batch had been settled otherwise: an operator has to cancel it at Qiscus. */
export type ExtraSend = {
  /** The batch's id. */
  batchId: string;
  /** The broadcast job that is too many. */
  broadcastJobId: number;
  /** When it starts, ISO 8601 in UTC; `null`: it started at once. */
  startedAt: string | null;
};

/** Of each of these runs. */
export async function extraSendsOfRuns(db: Sql, runIds: readonly string[]): Promise<ReadonlyMap<string, ExtraSend[]>> {
  if (runIds.length === 0) return new Map();
  const rows = await db.$queryRaw<
    { runId: string; batchId: string; broadcastJobId: bigint | null; startedAt: Date | null }[]
  >`
    SELECT b.run_id AS "runId", a.batch_id AS "batchId", a.broadcast_job_id AS "broadcastJobId", a.started_at AS "startedAt"
    FROM attempts a JOIN batches b ON b.id = a.batch_id WHERE a.extra AND b.run_id = ANY(${[...runIds]}::text[]) ORDER BY a.id`;
  return groupByRun(
    rows.map(({ broadcastJobId, startedAt, ...row }) => ({
      ...row,
      broadcastJobId: Number(broadcastJobId),
      startedAt: startedAt?.toISOString() ?? null,
    })),
  );
}

/** Sends whose claim ended without an answer become `unknown`; one whose answer is being recorded is left to that. Returns how many of each account did. */
export async function expireSends(tx: Sql): Promise<{ account: string; batchIds: string[] }[]> {
  return tx.$queryRaw<{ account: string; batchIds: string[] }[]>`
    WITH expired AS (
      UPDATE batches SET status = 'unknown', claim_token = NULL, claim_expires_at = NULL,
             error = 'The worker was lost, or Postgres, before the answer was recorded.'
      WHERE id IN (
        SELECT id FROM batches WHERE status = 'sending' AND claim_expires_at <= clock_timestamp() FOR UPDATE SKIP LOCKED
      ) RETURNING id, account
    )
    SELECT account, array_agg(id) AS "batchIds" FROM expired GROUP BY account`;
}
