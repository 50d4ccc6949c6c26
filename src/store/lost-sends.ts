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
 * believed of them. Returns the ids of the batches; those that the ledger doesn't know aren't among them.
 */
export async function restoreLostSends(tx: Sql, sends: readonly RememberedSend[]): Promise<string[]> {
  const restored: string[] = [];
  for (const { batchId, number, token, broadcastFileId } of sends) {
    const updated = await tx.$executeRaw`
      UPDATE batches SET status = 'unknown', attempts = greatest(attempts, ${number}), claim_token = NULL, claim_expires_at = NULL,
             closed_at = coalesce(closed_at, clock_timestamp()), broadcast_file_id = ${broadcastFileId},
             error = 'Postgres went back to an older state and lost this send.'
      WHERE id = ${batchId} AND NOT (status = 'scheduled' AND attempts >= ${number})`;
    if (updated === 0) continue;
    await tx.$executeRaw`
      INSERT INTO attempts (batch_id, number, token, worker, broadcast_name, error)
      SELECT id, ${number}, ${token}::uuid, 'restored from Redis', '[' || id || '.' || ${number}::int || ']', error FROM batches WHERE id = ${batchId}
      ON CONFLICT (batch_id, number, kind) DO NOTHING`;
    restored.push(batchId);
  }
  return restored;
}
