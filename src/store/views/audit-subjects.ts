import type { AuditSubject } from '../../domain/audit/describe-audit.js';
import { partsOfBatchId } from '../../domain/runs/batch.js';
import type { Sql } from '../postgres/sql.js';

/** The names and sizes of the runs and batches among these targets of entries. */
export async function auditSubjects(db: Sql, targets: readonly string[]): Promise<ReadonlyMap<string, AuditSubject>> {
  const wanted = [...new Set(targets)].filter((target) => /^r[0-9a-z]+(-\d{1,9})?$/.test(target));
  if (wanted.length === 0) return new Map();
  const parts = wanted.map(partsOfBatchId);
  const rows = await db.$queryRaw<(AuditSubject & { target: string })[]>`
    SELECT w.target, r.name, CASE WHEN w.number > 0
        THEN (SELECT size::int FROM batches b WHERE b.run_id = r.id AND b.number = w.number)
        ELSE (SELECT sum(size)::int FROM batches b WHERE b.run_id = r.id) END AS people
    FROM unnest(${wanted}::text[], ${parts.map(([runId]) => runId)}::text[], ${parts.map(([, number]) => number)}::int[])
        AS w (target, run_id, number)
      JOIN runs r ON r.id = w.run_id`;
  return new Map(rows.map(({ target, ...subject }) => [target, subject]));
}
