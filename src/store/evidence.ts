import type { Evidence, Report } from '../domain/evidence.js';
import { Prisma } from '../generated/prisma/client.js';
import type { Sql } from './database.js';

type EvidenceRow = { batchId: string; reported: number; of: number; isSettled: boolean };

/** Of which batches call-backs matter: those whose latest send has no clear answer, whoever settled it. */
const isUnanswered = Prisma.sql`(b.status = 'unknown' OR b.sent_by_evidence OR EXISTS (
  SELECT 1 FROM attempts d WHERE d.batch_id = b.id AND d.number = b.attempts AND d.kind = 'resolve'))`;

/** What call-backs tell of these batches' latest sends. Batches are missing whose send was answered, or of which nothing is told. */
export async function evidenceOf(db: Sql, batchIds: readonly string[]): Promise<ReadonlyMap<string, Evidence>> {
  const rows = await db.$queryRaw<EvidenceRow[]>`
    SELECT b.id AS "batchId", coalesce(e.reported, 0)::int AS reported, b.size AS of, b.sent_by_evidence AS "isSettled"
    FROM batches b LEFT JOIN LATERAL (
      SELECT reported FROM evidence WHERE evidence.batch_id = b.id AND evidence.send = b.attempts
    ) AS e ON true
    WHERE b.id = ANY(${[...batchIds]}::text[]) AND ${isUnanswered} AND (e.reported > 0 OR b.sent_by_evidence)`;
  return new Map(rows.map((row) => [row.batchId, readEvidence(row)]));
}

function readEvidence({ reported, of, isSettled }: EvidenceRow): Evidence {
  return { reported, of, settledBy: isSettled ? 'evidence' : null };
}

/** Batches that nobody knows of whether they were sent; `reported` of their `recipients` messages were told of by call-backs. */
export type UnknownBatch = { account: string; batchId: string; recipients: number; reported: number };

/** Unknown batches, the oldest first, at most so many. */
export async function unknownBatches(db: Sql, limit: number): Promise<UnknownBatch[]> {
  return db.$queryRaw<UnknownBatch[]>`
    SELECT b.account, b.id AS "batchId", b.size AS recipients, coalesce(e.reported, 0)::int AS reported
    FROM batches b LEFT JOIN LATERAL (
      SELECT reported FROM evidence WHERE evidence.batch_id = b.id AND evidence.send = b.attempts
    ) AS e ON true
    WHERE b.status = 'unknown' ORDER BY b.handed_over_at, b.id LIMIT ${limit}`;
}

/** An unknown broadcast of which call-backs tell. `beganAt`: when its messages were to go out. */
export type ReportedBroadcast = { batchId: string; send: number; size: number; beganAt: Date };

/** Unknown broadcasts that began within so long and of which anything is told. Single messages are not among them. */
export async function reportedBroadcasts(db: Sql, withinMs: number): Promise<ReportedBroadcast[]> {
  return db.$queryRaw<ReportedBroadcast[]>`
    SELECT b.id AS "batchId", b.attempts AS send, b.size, coalesce(b.started_at, b.handed_over_at) AS "beganAt"
    FROM batches b
    WHERE b.status = 'unknown' AND NOT b.individual AND b.size > 0
      AND coalesce(b.started_at, b.handed_over_at) > clock_timestamp() - ${withinMs} * interval '1 millisecond'
      AND EXISTS (SELECT 1 FROM evidence e WHERE e.batch_id = b.id AND e.send = b.attempts)`;
}

/** When the message of each number was first told of, as far as call-backs told of this send's messages. */
export async function reportsOf(db: Sql, { batchId, send }: ReportedBroadcast): Promise<Report[]> {
  return db.$queryRaw<Report[]>`
    SELECT phone_number::text AS "phoneNumber", min(first_at) AS "firstAt" FROM broadcast_logs
    WHERE batch_id = ${batchId} AND send = ${send} AND message_id IS NOT NULL AND first_at IS NOT NULL AND phone_number IS NOT NULL
    GROUP BY phone_number`;
}

/**
 * Settles an unknown broadcast as sent, and keeps what call-backs told. There is no job id: nobody was told it.
 * `false`: it isn't unknown any more, or was sent again.
 */
export async function settleAsSent(
  tx: Sql,
  { batchId, send }: ReportedBroadcast,
  { worker, reported, of }: { worker: string; reported: number; of: number },
): Promise<boolean> {
  const settled = await tx.$queryRaw<unknown[]>`
    WITH run AS (
      SELECT id FROM runs WHERE id = (SELECT run_id FROM batches WHERE id = ${batchId}) FOR KEY SHARE
    ), settled AS (
      UPDATE batches b SET status = 'scheduled', sent_by_evidence = true, scheduled_at = clock_timestamp(), error = NULL,
             claim_token = NULL, claim_expires_at = NULL
      FROM run, attempts a
      WHERE b.id = ${batchId} AND b.run_id = run.id AND b.status = 'unknown' AND b.attempts = ${send}
        AND a.batch_id = b.id AND a.number = b.attempts AND a.kind = 'send'
      RETURNING b.id, a.number, a.broadcast_name, a.started_at
    ), believed AS (
      UPDATE attempts a SET declared_unsent = false, despite_evidence = false FROM settled
      WHERE a.batch_id = settled.id AND a.number = settled.number AND a.kind = 'send' AND a.declared_unsent
    ), kept AS (
      INSERT INTO attempts (batch_id, number, kind, worker, broadcast_name, started_at, answered_at, outcome, evidence)
      SELECT id, number, 'evidence', ${worker}, broadcast_name, started_at, clock_timestamp(), 'scheduled',
             jsonb_build_object('reported', ${reported}::int, 'of', ${of}::int) FROM settled
    )
    SELECT 1 FROM settled`;
  return settled.length === 1;
}

/**
 * Makes batches `unknown` again that an operator found not to have been sent, and of which call-backs have told since that they
 * were. Returns them.
 */
export async function putContradictedBack(db: Sql): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    UPDATE batches b SET status = 'unknown', claim_token = NULL, claim_expires_at = NULL,
           error = 'It was resolved as not sent, and call-backs have told since that it was sent.'
    WHERE b.id IN (SELECT batch_id FROM attempts s WHERE (s.extra OR s.declared_unsent) AND s.declared_unsent AND s.kind = 'send')
      AND is_contradicted(b) AND (b.individual OR b.broadcast_file_id IS NOT NULL)
    RETURNING b.id`;
  return rows.map(({ id }) => id);
}

/** What call-backs tell of a run's batches without a clear answer, in messages; `settled`: of those that they settled. */
export type RunEvidence = { batches: number; reported: number; of: number; settled: number };

/** `null`: call-backs tell of none of them. */
export async function evidenceOfRun(db: Sql, runId: string): Promise<RunEvidence | null> {
  const rows = await db.$queryRaw<RunEvidence[]>`
    SELECT count(*)::int AS batches, coalesce(sum(e.reported), 0)::int AS reported, coalesce(sum(b.size), 0)::int AS of,
           count(*) FILTER (WHERE b.sent_by_evidence)::int AS settled
    FROM batches b JOIN LATERAL (
      SELECT reported FROM evidence WHERE evidence.batch_id = b.id AND evidence.send = b.attempts
    ) AS e ON true
    WHERE b.run_id = ${runId} AND (b.status = 'unknown' OR b.sent_by_evidence)`;
  const found = rows[0];
  return found && found.batches > 0 ? found : null;
}
