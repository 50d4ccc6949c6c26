import type { Evidence, Report } from '../domain/statuses/evidence.js';
import type { Sql } from './postgres/sql.js';

type EvidenceRow = { batchId: string; reported: number; of: number; isSettled: boolean };

/**
 * What callbacks tell of these batches' sends without a clear answer. Batches are missing that have none, or of which nothing is
 * told. `of` counts also those who were left out since.
 */
export async function evidenceOf(db: Sql, batchIds: readonly string[]): Promise<ReadonlyMap<string, Evidence>> {
  const rows = await db.$queryRaw<EvidenceRow[]>`
    SELECT id AS "batchId", reported, size + suppressed AS of, sent_by_evidence AS "isSettled"
    FROM (SELECT b.*, reported_of_batch(b.id) AS reported FROM batches b WHERE b.id = ANY(${[...batchIds]}::text[]) AND b.status <> 'sending') AS told
    WHERE reported > 0 OR sent_by_evidence`;
  return new Map(rows.map((row) => [row.batchId, readEvidence(row)]));
}

function readEvidence({ reported, of, isSettled }: EvidenceRow): Evidence {
  return { reported, of, settledBy: isSettled ? 'evidence' : null };
}

/** Batches that nobody knows of whether they were sent; `reported` of their `recipients` messages were told of by callbacks. */
export type UnknownBatch = { account: string; batchId: string; recipients: number; reported: number };

/** Unknown batches, the oldest first, at most so many. */
export async function unknownBatches(db: Sql, limit: number): Promise<UnknownBatch[]> {
  return db.$queryRaw<UnknownBatch[]>`
    SELECT account, id AS "batchId", size + suppressed AS recipients, reported_of_batch(id) AS reported FROM (
      SELECT * FROM batches WHERE status = 'unknown' ORDER BY handed_over_at, id LIMIT ${limit}
    ) AS unknown ORDER BY handed_over_at, id`;
}

/** A send of an unknown broadcast of which callbacks tell. `beganAt`: when its messages were to go out. */
export type ReportedSend = {
  account: string;
  batchId: string;
  send: number;
  attempts: number;
  size: number;
  beganAt: Date;
};

/** Sends of unknown broadcasts that began within so long and of which anything is told. Single messages are not among them. */
export async function reportedSends(db: Sql, withinMs: number): Promise<ReportedSend[]> {
  return db.$queryRaw<ReportedSend[]>`
    SELECT b.account, b.id AS "batchId", s.number AS send, b.attempts, b.size + b.suppressed AS size, s.began_at AS "beganAt"
    FROM batches b JOIN unanswered_sends s ON s.batch_id = b.id
    WHERE b.status = 'unknown' AND NOT b.individual AND b.size > 0
      AND s.began_at > clock_timestamp() - ${withinMs} * interval '1 millisecond' AND reported(b.id, s.number) > 0`;
}

/** When the message of each number was first told of, as far as callbacks told of this send's messages. */
export async function reportsOf(db: Sql, { batchId, send }: ReportedSend): Promise<Report[]> {
  return db.$queryRaw<Report[]>`
    SELECT phone_number::text AS "phoneNumber", min(first_at) AS "firstAt" FROM broadcast_logs
    WHERE batch_id = ${batchId} AND send = ${send} AND message_id IS NOT NULL AND first_at IS NOT NULL AND phone_number IS NOT NULL
    GROUP BY phone_number`;
}

/**
 * Settles an unknown broadcast as sent, and keeps what callbacks told. There is no job id, as no answer told one.
 * `false`: it isn't unknown any more, or was sent again.
 */
export async function settleAsSent(
  tx: Sql,
  { batchId, send, attempts }: Pick<ReportedSend, 'batchId' | 'send' | 'attempts'>,
  { worker, reported, of }: { worker: string; reported: number; of: number },
): Promise<boolean> {
  await lockSends(tx, batchId);
  const settled = await tx.$queryRaw<unknown[]>`
    WITH run AS (
      SELECT id FROM runs WHERE id = (SELECT run_id FROM batches WHERE id = ${batchId}) FOR KEY SHARE
    ), settled AS (
      /* evidence settles a batch */ UPDATE batches b SET status = 'scheduled', sent_by_evidence = true, broadcast_job_id = NULL, broadcast_job = NULL,
             scheduled_at = clock_timestamp(), error = NULL, claim_token = NULL, claim_expires_at = NULL
      FROM run, attempts a
      WHERE b.id = ${batchId} AND b.run_id = run.id AND b.status = 'unknown' AND b.attempts = ${attempts}
        AND a.batch_id = b.id AND a.number = ${send} AND a.kind = 'send'
      RETURNING b.id, a.number, a.broadcast_name, a.started_at
    ), believed AS (
      UPDATE attempts a SET declared_unsent = false, overruled = 0 FROM settled
      WHERE a.batch_id = settled.id AND a.kind = 'send' AND a.declared_unsent
    ), kept AS (
      INSERT INTO attempts (batch_id, number, kind, worker, broadcast_name, started_at, answered_at, outcome, evidence)
      SELECT id, number, 'evidence', ${worker}, broadcast_name, started_at, clock_timestamp(), 'scheduled',
             jsonb_build_object('reported', ${reported}::int, 'of', ${of}::int) FROM settled
    )
    SELECT 1 FROM settled`;
  return settled.length === 1;
}

/** For each transaction that decides about a batch: the locks of its sends come before those of its run and itself, as where an answer is recorded. */
export async function lockSends(tx: Sql, batchId: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM attempts WHERE batch_id = ${batchId} AND kind = 'send' ORDER BY id FOR UPDATE`;
}

/**
 * Makes batches `unknown` again that an operator found not to have been sent, and of which callbacks have told since that they
 * were. Returns them.
 */
export async function putContradictedBack(db: Sql, worker: string): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    WITH back AS (
      UPDATE batches b SET status = 'unknown', claim_token = NULL, claim_expires_at = NULL,
             error = 'It was resolved as not sent, and callbacks have come since for ' || reported_of_batch(b.id) || ' of its messages.'
      WHERE b.id IN (SELECT batch_id FROM attempts s WHERE (s.extra OR s.declared_unsent) AND s.declared_unsent AND s.kind = 'send')
        AND is_contradicted(b) AND (b.individual OR b.broadcast_file_id IS NOT NULL)
      RETURNING b.id, b.attempts, b.size + b.suppressed AS of
    )
    INSERT INTO attempts (batch_id, number, kind, worker, broadcast_name, answered_at, outcome, evidence)
    SELECT id, attempts, 'evidence', ${worker}, '[' || id || '.' || attempts || ']', clock_timestamp(), 'unknown',
           jsonb_build_object('reported', reported_of_batch(id), 'of', of) FROM back
    RETURNING batch_id AS id`;
  return rows.map(({ id }) => id);
}

/** What callbacks tell of a run's batches without a clear answer. */
export type RunEvidence = {
  /** How many such batches callbacks tell of. */
  batches: number;
  /** How many of their messages callbacks have reported. */
  reported: number;
  /** How many messages they have. */
  of: number;
  /** How many of these batches that settled as sent. */
  settled: number;
};

/** Of each of these runs of which callbacks tell. */
export async function evidenceOfRuns(db: Sql, runIds: readonly string[]): Promise<ReadonlyMap<string, RunEvidence>> {
  const rows = await db.$queryRaw<(RunEvidence & { runId: string })[]>`
    WITH unanswered AS MATERIALIZED (
      SELECT b.id, b.run_id, b.size + b.suppressed AS of, b.sent_by_evidence FROM batches b
      WHERE b.run_id = ANY(${[...runIds]}::text[]) AND b.status <> 'sending' AND b.attempts > 0
        AND EXISTS (SELECT 1 FROM unanswered_sends s WHERE s.batch_id = b.id)
    ), told AS (
      SELECT *, reported_of_batch(id) AS reported FROM unanswered
    )
    SELECT run_id AS "runId", count(*)::int AS batches, sum(reported)::int AS reported, sum(of)::int AS of,
           count(*) FILTER (WHERE sent_by_evidence)::int AS settled
    FROM told WHERE reported > 0 GROUP BY run_id`;
  return new Map(rows.map(({ runId, ...evidence }) => [runId, evidence]));
}
