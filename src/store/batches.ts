import type { Delivery } from '../domain/delivery/delivery.js';
import { type BatchStatus, batchIdOf } from '../domain/runs/batch.js';
import { type FillingBatch, newBatch } from '../domain/runs/filling.js';
import { exists, type Sql, sql } from './postgres/sql.js';
import { isAsSeen } from './states.js';

/** The first number that no batch of the run has. Call it under the run's content lock. */
export async function nextBatchNumber(tx: Sql, runId: string): Promise<number> {
  const rows = await tx.$queryRaw<{ next: number }[]>`
    SELECT coalesce(max(number), 0) + 1 AS next FROM batches WHERE run_id = ${runId}`;
  return rows[0]?.next ?? 1;
}

/** The run's open batch, or an empty one with the next number. Call it under the run's content lock. */
export async function findFillingBatch(tx: Sql, runId: string): Promise<FillingBatch> {
  const nextNumber = await nextBatchNumber(tx, runId);
  const rows = await tx.$queryRaw<Pick<FillingBatch, 'number' | 'size' | 'bytes' | 'openedAt'>[]>`
    SELECT number, size, opened_at AS "openedAt",
           (SELECT coalesce(sum(octet_length(lines) + 1), 0)::int FROM batch_rows WHERE batch_id = batches.id) AS bytes
    FROM batches WHERE run_id = ${runId} AND closed_at IS NULL`;
  return rows[0] ? { ...rows[0], nextNumber, closed: false } : newBatch(nextNumber);
}

/**
 * Writes what a chunking transaction did to its batches, in one statement. Throws unless each was new or still open:
 * a closed batch is never filled.
 */
export async function saveFilledBatches(
  tx: Sql,
  run: { id: string; account: string; cancelledAt: Date | null; delivery: Delivery },
  batches: readonly FillingBatch[],
): Promise<void> {
  if (batches.length === 0) return;
  const ids = batches.map((batch) => batchIdOf(run.id, batch.number));
  const numbers = batches.map((batch) => batch.number);
  const sizes = batches.map((batch) => batch.size);
  const closed = batches.map((batch) => batch.closed);
  const whenClosed: BatchStatus = run.cancelledAt ? 'cancelled' : 'pending';
  const saved = await tx.$executeRaw`
    INSERT INTO batches AS b (id, run_id, account, individual, number, size, status, closed_at)
    SELECT id, ${run.id}, ${run.account}, ${run.delivery.individual !== null}, number, size, CASE WHEN closed THEN ${whenClosed} ELSE 'pending' END,
           CASE WHEN closed THEN clock_timestamp() END
    FROM unnest(${ids}::text[], ${numbers}::int[], ${sizes}::int[], ${closed}::bool[]) AS filled(id, number, size, closed)
    ON CONFLICT (id) DO UPDATE SET size = excluded.size, status = excluded.status, closed_at = excluded.closed_at
    WHERE b.closed_at IS NULL`;
  if (saved !== batches.length) throw new Error(`run ${run.id}: a closed batch was about to be filled`);
}

type DeliverableBatch = { id: string; account: string; number: number; claimNumber: number; isMessage: boolean };

/**
 * Of a run that is handed over bit by bit, no more batches are worth a look at a time: the first of them that would start
 * too far ahead makes all others wait.
 */
const mostOfWaitingRun = 20;

/** Messages share queue jobs, so that as many are looked at in the place of one batch. */
const messagesForOne = 5;

/**
 * Batches that wait for delivery and that nobody holds, of runs and of those of the given accounts that may send, oldest runs
 * first. At most so many of each account: one that has more waiting takes none of another's. @param runId only of this run.
 */
export async function deliverableBatches(
  db: Sql,
  accounts: readonly string[],
  limitEach: number,
  runId: string | null = null,
): Promise<DeliverableBatch[]> {
  return db.$queryRaw<DeliverableBatch[]>`
    WITH run AS MATERIALIZED (
      SELECT waiting.*, "isMessage", ${limitEach}::int * CASE WHEN "isMessage" THEN ${messagesForOne}::int ELSE 1 END AS most
      FROM waiting_runs waiting
      CROSS JOIN LATERAL (SELECT EXISTS (SELECT 1 FROM batches WHERE run_id = waiting.id AND number = 1 AND individual) AS "isMessage") AS kind
      WHERE account IN (SELECT name FROM accounts WHERE name = ANY(${accounts}::text[]) AND account_may_send(name, false))
        AND (${runId}::text IS NULL OR id = ${runId})
    )
    SELECT id, account, number, "claimNumber", "isMessage" FROM (
      SELECT waiting.*, run.created_at, run.most, run."isMessage",
             row_number() OVER (PARTITION BY waiting.account ORDER BY waiting.number, run.created_at) AS turn
      FROM run CROSS JOIN LATERAL (
        SELECT b.id, b.account, b.number, b.claim_number AS "claimNumber" FROM batches b
        WHERE b.run_id = run.id AND b.number BETWEEN run.first AND run.last AND may_be_claimed(b, run.hand_over_at, false)
        ORDER BY b.number LIMIT CASE WHEN run.hand_over_at IS NULL THEN run.most ELSE ${mostOfWaitingRun}::int END
      ) AS waiting
    ) AS ordered
    WHERE turn <= most ORDER BY number, created_at`;
}

/**
 * The batch that an account is probed with: a file if there is one, since uploading sends nothing; and the one that was
 * tried least often, so that a bad one can't block it.
 */
export async function batchToProbe(db: Sql, account: string): Promise<DeliverableBatch | undefined> {
  const rows = await db.$queryRaw<DeliverableBatch[]>`
    WITH run AS MATERIALIZED (SELECT * FROM waiting_runs WHERE account = ${account})
    SELECT b.id, b.account, b.number, b.claim_number AS "claimNumber", b.individual AS "isMessage"
    FROM run JOIN batches b ON b.run_id = run.id AND b.number BETWEEN run.first AND run.last
    WHERE may_be_claimed(b, run.hand_over_at, true)
    ORDER BY b.individual, b.uploads, b.number, run.created_at LIMIT 1`;
  return rows[0];
}

/** How many recipients each batch has that isn't handed over yet, in order. */
export async function waitingSizes(db: Sql, runId: string): Promise<number[]> {
  const rows = await db.$queryRaw<{ size: number }[]>`
    SELECT size FROM batches b WHERE run_id = ${runId} AND waits(b) ORDER BY number`;
  return rows.map(({ size }) => size);
}

/** Whether anything of a run was sent, or tried to be. */
export async function isBegun(db: Sql, runId: string): Promise<boolean> {
  return exists(db, sql`SELECT FROM batches WHERE run_id = ${runId} AND attempts > 0`);
}

/** Whether a batch was sent, refused or emptied: whether there is nothing to wait for any more. */
export async function waitsNoMore(db: Sql, id: string): Promise<boolean> {
  return exists(db, sql`SELECT FROM batches b WHERE id = ${id} AND NOT waits(b)`);
}

export async function hasBatch(db: Sql, id: string): Promise<boolean> {
  return exists(db, sql`SELECT FROM batches WHERE id = ${id}`);
}

/**
 * Puts failed batches back to `pending`, to be uploaded anew: whatever the provider had against them may lie in the file.
 * Their delivery begins again, and so does the time by which a run counts as ended or stalled; its end will be told again.
 * An operator who asks for it wants them sent, however late. @param ifState the state of what is failed, or of the batch, that was seen: if
 * it is another one, nothing is put back.
 */
export async function retryFailedBatches(
  db: Sql,
  where: { runId: string } | { batchId: string },
  ifState?: string,
): Promise<(DeliverableBatch & { size: number })[]> {
  const runId = 'runId' in where ? where.runId : null;
  const batchId = 'batchId' in where ? where.batchId : null;
  return db.$queryRaw<(DeliverableBatch & { size: number })[]>`
    WITH run AS (
      UPDATE runs SET finished_at = NULL WHERE id = coalesce(${runId}, (SELECT run_id FROM batches WHERE id = ${batchId}))
        AND cancelled_at IS NULL AND purged_at IS NULL
        AND ${runId === null ? isAsSeen('batch', batchId, ifState) : isAsSeen('failed', runId, ifState)}
        AND EXISTS (SELECT 1 FROM batches f WHERE f.run_id = runs.id AND f.status = 'failed' AND (${batchId}::text IS NULL OR f.id = ${batchId}))
      RETURNING id
    )
    UPDATE batches b SET status = 'pending', broadcast_file_id = NULL, broadcast_job_id = NULL, upload_answer = NULL, error = NULL,
           claim_token = NULL, claim_expires_at = NULL, closed_at = clock_timestamp(), may_be_late = true
    FROM run
    WHERE b.run_id = run.id AND b.status = 'failed' AND (${batchId}::text IS NULL OR b.id = ${batchId})
      -- It was told to have failed, and afterwards that it arrived.
      AND NOT EXISTS (SELECT 1 FROM broadcast_logs l WHERE b.individual AND l.batch_id = b.id AND l.status IN ('sent', 'delivered', 'read'))
    RETURNING b.id, b.account, b.number, b.claim_number AS "claimNumber", b.individual AS "isMessage", b.size`;
}
