import { shownStatus } from '../../domain/statuses/message-state.js';
import type { Sql } from '../postgres/database.js';

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
  const rows = await db.broadcastLog.findMany({
    where: { batchId: { in: [...batchIds] } },
    orderBy: [{ send: 'asc' }, { id: 'asc' }],
    select: {
      ...{ batchId: true, phoneNumber: true, broadcastLogId: true, messageId: true },
      ...{ status: true, hasFailed: true, failedCode: true, notes: true },
    },
  });
  const logs = new Map<string, Map<string, LogOfRecipient>>();
  for (const { batchId, phoneNumber, broadcastLogId, messageId, notes, failedCode: code, ...state } of rows) {
    const ofBatch = logs.get(batchId) ?? new Map<string, LogOfRecipient>();
    const logId = broadcastLogId === null ? null : Number(broadcastLogId);
    const log = { broadcastLogId: logId, messageId, status: shownStatus(state), code, notes };
    logs.set(batchId, ofBatch.set(String(phoneNumber), log));
  }
  return logs;
}
