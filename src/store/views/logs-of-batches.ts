import { shownStatus } from '../../domain/statuses/message-state.js';
import type { BroadcastLogModel } from '../../generated/prisma/models.js';
import { columns, type Sql } from '../postgres/sql.js';

/** `status` as it is shown, `code` of its failure. */
export type LogOfRecipient = {
  broadcastLogId: number | null;
  messageId: string | null;
  status: string;
  code: number | null;
  notes: string | null;
};

/** The latest log that each number has of these batches: batch → number → log. */
export async function logsOfBatches(
  db: Sql,
  batchIds: readonly string[],
): Promise<ReadonlyMap<string, ReadonlyMap<string, LogOfRecipient>>> {
  type Read =
    | 'batchId'
    | 'phoneNumber'
    | 'broadcastLogId'
    | 'messageId'
    | 'status'
    | 'hasFailed'
    | 'failedCode'
    | 'notes';
  const rows = await db.$queryRaw<Pick<BroadcastLogModel, Read>[]>`
    SELECT ${columns('batch_id phone_number broadcast_log_id message_id status has_failed failed_code notes')}
    FROM broadcast_logs WHERE batch_id = ANY(${[...batchIds]}::text[]) ORDER BY send, id`;
  const logs = new Map<string, Map<string, LogOfRecipient>>();
  for (const { batchId, phoneNumber, broadcastLogId, messageId, notes, failedCode: code, ...state } of rows) {
    const ofBatch = logs.get(batchId) ?? new Map<string, LogOfRecipient>();
    const logId = broadcastLogId === null ? null : Number(broadcastLogId);
    const log = { broadcastLogId: logId, messageId, status: shownStatus(state), code, notes };
    logs.set(batchId, ofBatch.set(String(phoneNumber), log));
  }
  return logs;
}
