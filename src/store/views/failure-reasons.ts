import type { BatchStatus } from '../../domain/runs/batch.js';
import type { Sql } from '../database.js';

/** Why batches failed, or are unknown: those with the same reason, apart from phone numbers in it, are one. */
export type FailureReason = {
  status: BatchStatus;
  reason: string;
  batches: number;
  recipients: number;
  /** The first of them. */
  firstBatchId: string;
};

/** The reasons that most recipients have. Digits that may be a phone number's are stars in them. */
export async function failureReasons(db: Sql, runId: string, most: number): Promise<FailureReason[]> {
  return db.$queryRaw<FailureReason[]>`
    SELECT status, regexp_replace(left(coalesce(error, 'no reason was kept'), 2000), '\\d{8,}', '********', 'g') AS reason,
           count(*)::int AS batches, sum(size)::int AS recipients, min(id) AS "firstBatchId"
    FROM batches WHERE run_id = ${runId} AND status IN ('failed', 'unknown')
    GROUP BY 1, 2 ORDER BY 4 DESC, 2 LIMIT ${most}`;
}
