import type { RememberedSend } from '../domain/batch.js';
import { hasBatch } from './batches.js';
import type { Sql } from './database.js';

/** Which of these sends the ledger doesn't have. */
export async function missingAttempts(db: Sql, sends: readonly RememberedSend[]): Promise<RememberedSend[]> {
  const tokens = sends.map((send) => send.token);
  const rows = await db.$queryRaw<{ at: number }[]>`
    SELECT (ordinality - 1)::int AS at FROM unnest(${tokens}::uuid[]) WITH ORDINALITY AS remembered(token, ordinality)
    WHERE NOT EXISTS (SELECT 1 FROM attempts a WHERE a.token = remembered.token)`;
  return rows.flatMap(({ at }) => sends[at] ?? []);
}

/**
 * Puts lost sends back as what they are, sends without an answer: their batches become `unknown`, whatever an older ledger
 * believed of them. A batch that the ledger has lost comes back without its recipients, so that its number isn't used again;
 * `lostBatches` are those whose run is lost too.
 */
export async function restoreLostSends(
  tx: Sql,
  sends: readonly RememberedSend[],
): Promise<{ unknownBatches: string[]; lostBatches: string[] }> {
  const [unknown, lost] = [new Set<string>(), new Set<string>()];
  for (const send of sends) {
    if (await restoreLostSend(tx, send)) unknown.add(send.batchId);
    else if (!(await hasBatch(tx, send.batchId))) lost.add(send.batchId);
  }
  return { unknownBatches: [...unknown], lostBatches: [...lost] };
}

/** `false`: the ledger has a later send of this batch that went through, or doesn't know its run. */
async function restoreLostSend(tx: Sql, { batchId, number, token, broadcastFileId }: RememberedSend): Promise<boolean> {
  const [runId, batchNumber] = partsOf(batchId);
  await tx.$executeRaw`
    INSERT INTO batches (id, run_id, account, number, size, status, closed_at, broadcast_file_id)
    SELECT ${batchId}, id, account, ${batchNumber}, 0, 'unknown', clock_timestamp(), ${broadcastFileId} FROM runs WHERE id = ${runId}
    ON CONFLICT (id) DO NOTHING`;
  const updated = await tx.$executeRaw`
    UPDATE batches SET status = 'unknown', attempts = greatest(attempts, ${number}), claim_token = NULL, claim_expires_at = NULL,
           closed_at = coalesce(closed_at, clock_timestamp()), broadcast_file_id = ${broadcastFileId},
           error = 'Postgres went back to an older state and lost this send.'
    WHERE id = ${batchId} AND NOT (status = 'scheduled' AND attempts >= ${number})`;
  if (updated === 0) return false;
  await tx.$executeRaw`
    INSERT INTO attempts (batch_id, number, token, worker, broadcast_name, error)
    SELECT id, ${number}, ${token}::uuid, 'restored from Redis', '[' || id || '.' || ${number}::int || ']', error FROM batches WHERE id = ${batchId}
    ON CONFLICT (batch_id, number, kind) DO NOTHING`;
  return true;
}

function partsOf(batchId: string): [runId: string, number: number] {
  const [runId = '', number = ''] = batchId.split('-');
  return [runId, Number(number)];
}
