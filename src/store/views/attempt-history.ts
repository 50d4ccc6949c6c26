import type { AttemptModel } from '../../generated/prisma/models.js';
import { columns, type Sql } from '../postgres/sql.js';

/** One send of a batch, or what an operator, or evidence, decided about it. Instants are ISO 8601 in UTC. */
export type AttemptView = {
  number: number;
  kind: 'send' | 'resolve' | 'evidence';
  /** The worker that sent or settled it, or the operator who resolved it. */
  by: string;
  broadcastName: string;
  startedAt: string | null;
  intendedAt: string;
  answeredAt: string | null;
  outcome: string | null;
  httpStatus: number | null;
  broadcastJobId: number | null;
  error: string | null;
  reason: string | null;
  extra: boolean;
  /** Of a decision: what callbacks told at that time. */
  evidence: { reported: number; of: number } | null;
  /** Whether an operator insisted against it that it was not sent. */
  despiteEvidence: boolean;
};

/** A batch's attempts in the order in which they were made. */
export async function attemptsOf(db: Sql, batchId: string): Promise<AttemptView[]> {
  const rows = await db.$queryRaw<AttemptModel[]>`
    SELECT ${columns(`number kind worker broadcast_name started_at intended_at answered_at outcome http_status broadcast_job_id error reason
      extra evidence`)}
    FROM attempts WHERE batch_id = ${batchId} ORDER BY id`;
  return rows.map((row) => ({
    number: row.number,
    kind: row.kind as AttemptView['kind'],
    by: row.worker,
    broadcastName: row.broadcastName,
    startedAt: row.startedAt?.toISOString() ?? null,
    intendedAt: row.intendedAt.toISOString(),
    answeredAt: row.answeredAt?.toISOString() ?? null,
    outcome: row.outcome,
    httpStatus: row.httpStatus,
    broadcastJobId: row.broadcastJobId === null ? null : Number(row.broadcastJobId),
    error: row.error,
    reason: row.reason,
    extra: row.extra,
    evidence: row.evidence as AttemptView['evidence'],
    despiteEvidence: row.kind === 'resolve' && row.outcome === 'not_sent' && row.evidence !== null,
  }));
}
