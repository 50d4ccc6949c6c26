import type { BatchStatus } from '../domain/batch.js';
import type { BroadcastLog } from '../domain/broadcast-log.js';
import type { Sql } from './database.js';

/**
 * Keeps the logs that came with the answer to a message, in the transaction that records it. A call-back may have been quicker
 * than the answer: what it told goes on in the log (a trigger sees to that).
 * @param token of the claim whose attempt was answered.
 */
export async function insertBroadcastLogs(
  tx: Sql,
  token: string,
  broadcastJobId: number | null,
  logs: readonly BroadcastLog[],
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO broadcast_logs (account, batch_id, phone_number, broadcast_job_id, broadcast_log_id, message_id, status, notes, sent_at, variables)
    SELECT b.account, b.id, "phoneNumber", ${broadcastJobId}::bigint, "broadcastLogId", "messageId", log.status, notes, "sentAt", variables
    FROM attempts a JOIN batches b ON b.id = a.batch_id, jsonb_to_recordset(${JSON.stringify(logs)}::jsonb)
      AS log("broadcastLogId" BIGINT, "messageId" TEXT, "phoneNumber" BIGINT, status TEXT, notes TEXT, "sentAt" TIMESTAMPTZ, variables TEXT)
    WHERE a.token = ${token}::uuid
    ON CONFLICT DO NOTHING`;
}

/** What became of a message: its batch, and the latest log of it. */
export type MessageFate = {
  status: BatchStatus;
  broadcastJobId: number | null;
  broadcastLogId: number | null;
  error: string | null;
};

export async function messageFate(db: Sql, batchId: string): Promise<MessageFate> {
  const { status, broadcastJobId, error, logs } = await db.batch.findUniqueOrThrow({
    where: { id: batchId },
    select: {
      status: true,
      broadcastJobId: true,
      error: true,
      logs: { select: { broadcastLogId: true }, orderBy: { id: 'desc' }, take: 1 },
    },
  });
  const log = logs[0]?.broadcastLogId ?? null;
  return {
    status: status as BatchStatus,
    broadcastJobId: broadcastJobId === null ? null : Number(broadcastJobId),
    broadcastLogId: log === null ? null : Number(log),
    error,
  };
}
