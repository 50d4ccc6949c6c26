import type { BatchStatus } from '../../domain/runs/batch.js';
import type { IntakeState } from '../../domain/runs/law.js';
import { type BatchCounts, emptyCounts } from '../../domain/runs/run.js';
import type { Sql } from '../database.js';

/** What the ledger says of a run at one instant. */
export type LedgerSnapshot = {
  batches: BatchCounts;
  recipients: BatchCounts;
  intakes: IntakeState[];
  /** Who was left out of a batch since it was cut; the intakes count the others. */
  suppressed: number;
  /** Rows that were handed in within their callers' transactions, and that no turn of the chunker has taken yet. */
  handedIn: number;
  rejected: number;
  extraSends: number;
  wrongTotals: number;
  /** Of what is handed over: when the first of it starts that hasn't started, and the last; and whether any of it has. */
  startsAt: Date | null;
  lastStartsAt: Date | null;
  hasStarted: boolean;
};

type Row = {
  batches: { status: BatchStatus; batches: number; recipients: number }[] | null;
  intakes: IntakeState[] | null;
  suppressed: bigint;
  handedIn: bigint;
  rejected: bigint;
  extraSends: bigint;
  wrongTotals: bigint;
  startsAt: Date | null;
  lastStartsAt: Date | null;
  hasStarted: boolean | null;
};

/** One statement, so that all of it is seen in one snapshot. */
export async function readSnapshot(db: Sql, runId: string): Promise<LedgerSnapshot> {
  const rows = await db.$queryRaw<Row[]>`
    SELECT
      (SELECT json_agg(counted) FROM (
        SELECT status, count(*) AS batches, sum(size) AS recipients FROM batches WHERE run_id = ${runId} GROUP BY status
      ) AS counted) AS batches,
      (SELECT json_agg(json_build_object('id', id, 'source', source, 'generation', generation, 'blocks', blocks, 'rows', rows, 'absorbedTo', absorbed_to,
        'absorbedRows', absorbed_rows, 'duplicates', duplicates, 'suppressed', suppressed, 'closed', closed_at IS NOT NULL, 'superseded', superseded_at IS NOT NULL))
        FROM intakes WHERE run_id = ${runId}) AS intakes,
      (SELECT coalesce(sum(suppressed), 0) FROM batches WHERE run_id = ${runId}) AS suppressed,
      (SELECT coalesce(sum(row_count), 0) FROM handed_in WHERE run_id = ${runId}) AS "handedIn",
      (SELECT count(*) FROM rejections WHERE run_id = ${runId}) AS rejected,
      (SELECT count(*) FROM attempts a JOIN batches b ON b.id = a.batch_id WHERE b.run_id = ${runId} AND a.extra) AS "extraSends",
      handed_over.*,
      (SELECT count(*) FROM batches WHERE run_id = ${runId} AND status = 'scheduled'
        AND broadcast_job IS NOT NULL AND broadcast_job ->> 'total_recipient' IS DISTINCT FROM size::text) AS "wrongTotals"
    FROM (
      SELECT min(started_at) FILTER (WHERE still_goes_out(b)) AS "startsAt", max(started_at) FILTER (WHERE still_goes_out(b)) AS "lastStartsAt",
        bool_or(NOT still_goes_out(b)) AS "hasStarted"
      FROM batches b WHERE run_id = ${runId} AND status = 'scheduled'
    ) AS handed_over`;
  const row = rows[0];
  if (!row) throw new Error('a SELECT of aggregates gave no row');
  const [batches, recipients] = [emptyCounts(), emptyCounts()];
  for (const counted of row.batches ?? []) {
    batches[counted.status] = counted.batches;
    recipients[counted.status] = counted.recipients;
  }
  return {
    batches,
    recipients,
    intakes: row.intakes ?? [],
    suppressed: Number(row.suppressed),
    handedIn: Number(row.handedIn),
    rejected: Number(row.rejected),
    extraSends: Number(row.extraSends),
    wrongTotals: Number(row.wrongTotals),
    startsAt: row.startsAt,
    lastStartsAt: row.lastStartsAt,
    hasStarted: row.hasStarted === true,
  };
}
