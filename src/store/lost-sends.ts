import { partsOfBatchId, type RememberedSend } from '../domain/runs/batch.js';
import { hasBatch } from './batches.js';
import type { Sql } from './postgres/sql.js';

/** Which of these sends the ledger doesn't have. */
export async function missingAttempts(db: Sql, sends: readonly RememberedSend[]): Promise<RememberedSend[]> {
  const tokens = sends.map((send) => send.token);
  const rows = await db.$queryRaw<{ at: number }[]>`
    SELECT (ordinality - 1)::int AS at FROM unnest(${tokens}::uuid[]) WITH ORDINALITY AS remembered(token, ordinality)
    WHERE NOT EXISTS (SELECT 1 FROM attempts a WHERE a.token = remembered.token)`;
  return rows.flatMap(({ at }) => sends[at] ?? []);
}

/** Which of these batches the ledger has, whatever it knows of their sends. */
export async function knownBatches(db: Sql, batchIds: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db.$queryRaw<{ id: string }[]>`SELECT id FROM batches WHERE id = ANY(${batchIds}::text[])`;
  return new Set(rows.map(({ id }) => id));
}

type RestoredSends = { unknownBatches: string[]; emptyBatches: string[]; lostBatches: string[] };

/**
 * Puts lost sends back as what they are, sends without an answer: their batches become `unknown`, whatever an older ledger
 * believed of them. A batch that the ledger has lost comes back without its recipients, so that its number isn't used again:
 * those are the `emptyBatches` among the unknown ones. `lostBatches` are those whose run is lost too.
 */
export async function restoreLostSends(tx: Sql, sends: readonly RememberedSend[]): Promise<RestoredSends> {
  const [unknown, lost] = [new Set<string>(), new Set<string>()];
  for (const send of sends) {
    if (await restoreLostSend(tx, send)) unknown.add(send.batchId);
    else if (!(await hasBatch(tx, send.batchId))) lost.add(send.batchId);
  }
  const unknownBatches = [...unknown];
  const empty = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM batches b WHERE id = ANY(${unknownBatches}::text[]) AND has_lost_recipients(b) ORDER BY number`;
  return { unknownBatches, emptyBatches: empty.map(({ id }) => id), lostBatches: [...lost] };
}

/** A batch of this run that was sent, and whose recipients the ledger has lost since. One whose recipients are all suppressed is none. */
export async function findEmptyBatch(db: Sql, runId: string): Promise<string | undefined> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM batches b WHERE run_id = ${runId} AND has_lost_recipients(b) ORDER BY number LIMIT 1`;
  return rows[0]?.id;
}

/** `false`: the ledger has a later send of this batch that went through, or doesn't know its run. */
async function restoreLostSend(
  tx: Sql,
  { batchId, number, token, broadcastFileId, startedAt }: RememberedSend,
): Promise<boolean> {
  const [runId, batchNumber] = partsOfBatchId(batchId);
  const file = broadcastFileId ?? null;
  await tx.$executeRaw`
    INSERT INTO batches (id, run_id, account, number, size, status, closed_at, broadcast_file_id, individual)
    SELECT ${batchId}, id, account, ${batchNumber}, 0, 'unknown', clock_timestamp(), ${file}, ${file === null} FROM runs WHERE id = ${runId}
    ON CONFLICT (id) DO NOTHING`;
  const updated = await tx.$executeRaw`
    UPDATE batches SET status = 'unknown', attempts = greatest(attempts, ${number}), claim_token = NULL, claim_expires_at = NULL,
           closed_at = coalesce(closed_at, clock_timestamp()), broadcast_file_id = ${file}, broadcast_job_id = NULL, sent_by_evidence = false,
           handed_over_at = clock_timestamp(), started_at = ${startedAt ?? null}::timestamptz,
           error = 'Postgres went back to an older state and lost this send.'
    WHERE id = ${batchId} AND NOT (status = 'scheduled' AND attempts >= ${number})`;
  if (updated === 0) return false;
  await tx.$executeRaw`
    INSERT INTO attempts (batch_id, number, token, worker, broadcast_name, started_at, error)
    SELECT id, ${number}, ${token}::uuid, 'restored from Redis', '[' || id || '.' || ${number}::int || ']', started_at, error
    FROM batches WHERE id = ${batchId}
    ON CONFLICT (batch_id, number) WHERE kind = 'send' DO UPDATE SET token = excluded.token, worker = excluded.worker, outcome = NULL, answered_at = NULL
    WHERE attempts.outcome = 'not_sent'`;
  return true;
}
