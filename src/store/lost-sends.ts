import type { Sql } from './database.js';

export type RememberedSend = {
  attemptId: bigint;
  token: string;
  batchId: string;
  number: number;
  broadcastFileId: number;
};

/** Whether the ledger has this very attempt: the same id may have been given out again after it went back. */
export async function hasAttempt(db: Sql, attempt: { attemptId: bigint; token: string }): Promise<boolean> {
  const found = await db.attempt.count({ where: { id: attempt.attemptId, token: attempt.token } });
  return found === 1;
}

/** Which of these sends the ledger doesn't have. */
export async function missingAttempts(db: Sql, sends: readonly RememberedSend[]): Promise<RememberedSend[]> {
  const ids = sends.map((send) => String(send.attemptId));
  const tokens = sends.map((send) => send.token);
  const rows = await db.$queryRaw<{ at: number }[]>`
    SELECT (ordinality - 1)::int AS at FROM unnest(${ids}::bigint[], ${tokens}::uuid[]) WITH ORDINALITY AS remembered(id, token, ordinality)
    WHERE NOT EXISTS (SELECT 1 FROM attempts a WHERE a.id = remembered.id AND a.token = remembered.token)`;
  return rows.flatMap(({ at }) => sends[at] ?? []);
}

/**
 * Puts lost sends back as what they are, sends without an answer: their batches become `unknown`, whatever an older ledger
 * believed of them. `lostBatches` are those that the ledger doesn't know at all.
 */
export async function restoreLostSends(
  tx: Sql,
  sends: readonly RememberedSend[],
): Promise<{ unknownBatches: string[]; lostBatches: string[] }> {
  const [unknown, lost] = [new Set<string>(), new Set<string>()];
  for (const send of sends) {
    const found = await tx.batch.findUnique({ where: { id: send.batchId }, select: { id: true } });
    if (!found) lost.add(send.batchId);
    else if (await restoreLostSend(tx, send)) unknown.add(send.batchId);
  }
  return { unknownBatches: [...unknown], lostBatches: [...lost] };
}

/** `false`: the ledger has a later send of this batch that went through. */
async function restoreLostSend(tx: Sql, { batchId, number, token, broadcastFileId }: RememberedSend): Promise<boolean> {
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
