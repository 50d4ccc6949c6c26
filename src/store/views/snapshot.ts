import type { BatchStatus } from '../../domain/runs/batch.js';
import type { IntakeState } from '../../domain/runs/law.js';
import { type BatchCounts, emptyCounts, type RunStand } from '../../domain/runs/run.js';
import type { Sql } from '../postgres/sql.js';

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
} & RunStand;

type Row = {
  runId: string;
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
} & RunStand;

/** Of each of these runs. One statement, so that all of it is seen in one snapshot. */
export async function readSnapshots(db: Sql, runIds: readonly string[]): Promise<ReadonlyMap<string, LedgerSnapshot>> {
  const rows = await db.$queryRaw<Row[]>`
    SELECT asked.run_id AS "runId", of_batches.*,
      (SELECT json_agg(json_build_object('id', id, 'source', source, 'generation', generation, 'blocks', blocks, 'rows', rows, 'absorbedTo', absorbed_to,
        'absorbedRows', absorbed_rows, 'duplicates', duplicates, 'suppressed', suppressed, 'closed', closed_at IS NOT NULL, 'superseded', superseded_at IS NOT NULL))
        FROM intakes WHERE run_id = asked.run_id) AS intakes,
      (SELECT coalesce(sum(row_count), 0) FROM handed_in WHERE run_id = asked.run_id) AS "handedIn",
      (SELECT count(*) FROM rejections WHERE run_id = asked.run_id) AS rejected,
      (SELECT count(*) FROM attempts a JOIN batches b ON b.id = a.batch_id WHERE b.run_id = asked.run_id AND a.extra) AS "extraSends",
      EXISTS (SELECT 1 FROM runs r WHERE r.id = asked.run_id AND is_through(r)) AS "isThrough",
      EXISTS (SELECT 1 FROM runs r WHERE r.id = asked.run_id AND r.held_kind IS NOT NULL AND is_stopped(r)) AS "isStopped"
    FROM unnest(${[...runIds]}::text[]) AS asked(run_id) CROSS JOIN LATERAL (
      SELECT json_agg(json_build_object('status', status, 'batches', batches, 'recipients', recipients)) AS batches, coalesce(sum(suppressed), 0) AS suppressed,
        min(starts_at) AS "startsAt", max(last_starts_at) AS "lastStartsAt", bool_or(has_started) AS "hasStarted", coalesce(sum(wrong), 0) AS "wrongTotals"
      FROM (
        SELECT status, count(*) AS batches, sum(size) AS recipients, sum(suppressed) AS suppressed,
          min(started_at) FILTER (WHERE status = 'scheduled' AND still_goes_out(b)) AS starts_at,
          max(started_at) FILTER (WHERE status = 'scheduled' AND still_goes_out(b)) AS last_starts_at,
          bool_or(status = 'scheduled' AND NOT still_goes_out(b)) AS has_started,
          count(*) FILTER (WHERE status = 'scheduled' AND broadcast_job IS NOT NULL
            AND broadcast_job ->> 'total_recipient' IS DISTINCT FROM size::text) AS wrong
        FROM batches b WHERE run_id = asked.run_id GROUP BY status
      ) AS of_status
    ) AS of_batches`;
  return new Map(rows.map((row) => [row.runId, readRow(row)]));
}

function readRow(row: Row): LedgerSnapshot {
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
    isThrough: row.isThrough,
    isStopped: row.isStopped,
  };
}

/** When each of these runs was started. */
export async function runTimes(db: Sql, ids: readonly string[]): Promise<ReadonlyMap<string, Date>> {
  const rows = await db.$queryRaw<{ id: string; createdAt: Date }[]>`
    SELECT id, created_at AS "createdAt" FROM runs WHERE id = ANY(${[...ids]}::text[])`;
  return new Map(rows.map(({ id, createdAt }) => [id, createdAt]));
}
