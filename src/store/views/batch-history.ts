import { type RecipientValues, readLines } from '../../domain/recipients/recipient.js';
import type { BatchStatus } from '../../domain/runs/batch.js';
import type { Evidence } from '../../domain/statuses/evidence.js';
import { shownStatus } from '../../domain/statuses/message-state.js';
import type { MovedBy } from '../../domain/timing/batch-start.js';
import type { BatchModel, BroadcastLogModel } from '../../generated/prisma/models.js';
import { evidenceOf } from '../evidence.js';
import { columns, type Sql } from '../postgres/sql.js';
import { resolvability } from '../resolutions.js';
import { type AttemptView, attemptsOf } from './attempt-history.js';

/** A batch with all that is known of its way. */
export type BatchHistory = {
  id: string;
  runId: string;
  number: number;
  status: BatchStatus;
  recipients: number;
  individual: boolean;
  /** How many were left out since it was cut. */
  suppressed: number;
  error: string | null;
  startedAt: Date | null;
  movedBy: MovedBy | null;
  mayBeLate: boolean;
  openedAt: Date;
  closedAt: Date | null;
  uploads: number;
  uploadedAt: Date | null;
  broadcastFileId: number | null;
  /** What the provider said when it took the file: its balance, and what it will charge. */
  uploadAnswer: unknown;
  scheduledAt: Date | null;
  broadcastJobId: number | null;
  broadcastJob: unknown;
  claimNumber: number;
  claimExpiresAt: Date | null;
  attempts: number;
  /** What callbacks tell of it; `null`: its send was answered, or they tell nothing. */
  evidence: Evidence | null;
  /** Whether what was decided about it may be replaced: nothing was sent since. */
  canCorrect: boolean;
  /** Sends and what was decided about them, oldest first. */
  history: AttemptView[];
};

export async function batchHistory(db: Sql, id: string): Promise<BatchHistory | undefined> {
  const [row] = await db.$queryRaw<Omit<BatchModel, 'claimToken' | 'handedOverAt' | 'account' | 'sentByEvidence'>[]>`
    SELECT ${columns(`id run_id number size status opened_at closed_at claim_number claim_expires_at uploads uploaded_at upload_answer
      broadcast_file_id attempts started_at moved_by may_be_late scheduled_at broadcast_job_id broadcast_job error individual suppressed`)}
    FROM batches WHERE id = ${id}`;
  if (!row) return undefined;
  const { size, ...batch } = row;
  return {
    ...batch,
    recipients: size,
    status: batch.status as BatchStatus,
    movedBy: batch.movedBy as MovedBy | null,
    broadcastFileId: numberOf(batch.broadcastFileId),
    broadcastJobId: numberOf(batch.broadcastJobId),
    evidence: (await evidenceOf(db, [id])).get(id) ?? null,
    canCorrect: (await resolvability(db, id, null, 0))?.isDecided === true,
    history: await attemptsOf(db, id),
  };
}

/** The provider's record of one message, as far as it is known. */
export type MessageLog = {
  broadcastJobId: number | null;
  broadcastLogId: number | null;
  messageId: string | null;
  /** How far it has come, and since when; or that it failed. */
  status: string;
  statusAt: Date | null;
  /** Of a failure: WhatsApp's code. */
  code: number | null;
  notes: string | null;
  sentAt: Date | null;
  /** By the number and the time it belongs to this batch: nobody said so. */
  inferred: boolean;
};

/** What is known of the message that an individual batch is, latest first. */
export async function messageLogs(db: Sql, batchId: string, most: number): Promise<MessageLog[]> {
  const rows = await db.$queryRaw<BroadcastLogModel[]>`
    SELECT ${columns(`message_id failed_code notes sent_at inferred status status_at has_failed failed_at broadcast_job_id broadcast_log_id`)}
    FROM broadcast_logs WHERE batch_id = ${batchId} ORDER BY id DESC LIMIT ${most}`;
  return rows.map((row) => ({
    ...{ messageId: row.messageId, code: row.failedCode, notes: row.notes, sentAt: row.sentAt, inferred: row.inferred },
    status: shownStatus(row),
    statusAt: row.hasFailed ? row.failedAt : row.statusAt,
    broadcastJobId: numberOf(row.broadcastJobId),
    broadcastLogId: numberOf(row.broadcastLogId),
  }));
}

/** The first rows of a batch, without reading all of them. Empty: they were removed. */
export async function firstRows(db: Sql, batchId: string, most: number): Promise<RecipientValues[]> {
  const rows = await db.$queryRaw<{ lines: string }[]>`
    SELECT array_to_string((string_to_array(lines, chr(10)))[1:${most}::int], chr(10)) AS lines
    FROM batch_rows WHERE batch_id = ${batchId} ORDER BY first_position LIMIT ${most}`;
  return rows.flatMap(({ lines }) => (lines === '' ? [] : readLines(lines))).slice(0, most);
}

function numberOf(id: bigint | null): number | null {
  return id === null ? null : Number(id);
}
