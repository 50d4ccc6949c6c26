import type { BatchStatus } from '../domain/batch.js';
import type { BroadcastLog } from '../domain/broadcast-log.js';
import type { Sql } from './database.js';

/**
 * Keeps the logs that came with the answer to a message. A call-back may have been quicker than the answer: then its row
 * learns the ids, and keeps its status. Call it in the transaction that records the answer.
 * @param token of the claim whose attempt was answered.
 */
export async function insertBroadcastLogs(
  tx: Sql,
  token: string,
  broadcastJobId: number | null,
  logs: readonly BroadcastLog[],
): Promise<void> {
  await tx.$executeRaw`
    WITH told AS (
      SELECT b.account, b.id AS batch_id, log.* FROM attempts a JOIN batches b ON b.id = a.batch_id, jsonb_to_recordset(${JSON.stringify(logs)}::jsonb)
        AS log("broadcastLogId" BIGINT, "messageId" TEXT, "phoneNumber" BIGINT, "status" TEXT, "notes" TEXT, "sentAt" TIMESTAMPTZ, "variables" TEXT)
      WHERE a.token = ${token}::uuid
    ), learnt AS (
      UPDATE broadcast_logs l SET broadcast_log_id = told."broadcastLogId", broadcast_job_id = ${broadcastJobId}::bigint,
             sent_at = told."sentAt", variables = told.variables
      FROM told WHERE l.batch_id = told.batch_id AND l.phone_number = told."phoneNumber" AND l.broadcast_log_id IS NULL
      RETURNING l.broadcast_log_id
    )
    INSERT INTO broadcast_logs (account, batch_id, phone_number, broadcast_job_id, broadcast_log_id, message_id, status, notes, sent_at, variables)
    SELECT account, batch_id, "phoneNumber", ${broadcastJobId}::bigint, "broadcastLogId", "messageId", status, notes, "sentAt", variables
    FROM told WHERE "broadcastLogId" IS NULL OR "broadcastLogId" NOT IN (SELECT broadcast_log_id FROM learnt WHERE broadcast_log_id IS NOT NULL)
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
