import type { BatchStatus } from '../../domain/runs/batch.js';
import type { Evidence } from '../../domain/statuses/evidence.js';
import type { MovedBy } from '../../domain/timing/batch-start.js';
import type { BatchModel } from '../../generated/prisma/models.js';
import { evidenceOf } from '../evidence.js';
import { columns, type Fragment, type Sql, sql } from '../postgres/sql.js';

/** Which of a run's batches are asked for. */
export type BatchFilter = {
  /** Only those with this status. Default: all. */
  status?: BatchStatus;
};

/** A batch as it stands. */
export type BatchView = {
  /** Its id, which the broadcast's name at Qiscus begins with. */
  id: string;
  /** Its number in its run, from 1. */
  number: number;
  /** How far it has come. */
  status: BatchStatus;
  /** How many recipients it has. */
  recipients: number;
  /** When Qiscus starts it, ISO 8601 in UTC; `null`: that isn't decided, or it started at once. */
  startedAt: string | null;
  /** What moved `startedAt` away from the run's start: a limit, or that it was `late`. */
  movedBy: MovedBy | null;
  /** The id of its file at Qiscus; `null`: none is uploaded. */
  broadcastFileId: number | null;
  /** The id of its broadcast job at Qiscus; `null`: Qiscus hasn't accepted it, or its id isn't known. */
  broadcastJobId: number | null;
  /** How often it was sent, or was to be. */
  attempts: number;
  /** Why it failed, or why its outcome is unknown. */
  error: string | null;
  /** What callbacks tell of it; `null`: its send was answered, or they tell nothing. */
  evidence: Evidence | null;
};

export async function viewBatches(db: Sql, runId: string, status?: BatchStatus): Promise<BatchView[]> {
  return viewAll(db, sql`run_id = ${runId} AND ${has(status)} ORDER BY number`);
}

/** Batches of a run with numbers from `first` to before `end`, by number, at most so many. */
export async function batchesBetween(
  db: Sql,
  runId: string,
  first: number,
  end: number,
  limit: number,
): Promise<BatchView[]> {
  return viewAll(db, sql`run_id = ${runId} AND number >= ${first} AND number < ${end} ORDER BY number LIMIT ${limit}`);
}

/** A run's batches that come after a number, in order. */
export async function batchesAfter(
  db: Sql,
  runId: string,
  number: number,
  limit: number,
  status?: BatchStatus,
): Promise<BatchView[]> {
  return viewAll(db, sql`run_id = ${runId} AND number > ${number} AND ${has(status)} ORDER BY number LIMIT ${limit}`);
}

export async function findBatch(db: Sql, id: string): Promise<BatchView | null> {
  return (await viewAll(db, sql`id = ${id}`))[0] ?? null;
}

function has(status: BatchStatus | undefined): Fragment {
  return status === undefined ? sql`true` : sql`status = ${status}`;
}

type BatchRow = Pick<
  BatchModel,
  | 'id'
  | 'number'
  | 'status'
  | 'size'
  | 'startedAt'
  | 'movedBy'
  | 'broadcastFileId'
  | 'broadcastJobId'
  | 'attempts'
  | 'error'
>;

async function viewAll(db: Sql, which: Fragment): Promise<BatchView[]> {
  const rows = await db.$queryRaw<BatchRow[]>`
    SELECT ${columns('id number status size started_at moved_by broadcast_file_id broadcast_job_id attempts error')}
    FROM batches WHERE ${which}`;
  const evidence = await evidenceOf(
    db,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => viewBatch(row, evidence.get(row.id) ?? null));
}

function viewBatch(row: BatchRow, evidence: Evidence | null): BatchView {
  return {
    id: row.id,
    number: row.number,
    status: row.status as BatchStatus,
    recipients: row.size,
    startedAt: row.startedAt?.toISOString() ?? null,
    movedBy: row.movedBy as MovedBy | null,
    broadcastFileId: row.broadcastFileId === null ? null : Number(row.broadcastFileId),
    broadcastJobId: row.broadcastJobId === null ? null : Number(row.broadcastJobId),
    attempts: row.attempts,
    error: row.error,
    evidence,
  };
}

/** One letter for each state, for answers with thousands of them. */
export const gridLetters: Readonly<Record<BatchStatus, string>> = {
  pending: 'p',
  uploaded: 'u',
  sending: 's',
  scheduled: 'd',
  failed: 'f',
  unknown: 'x',
  cancelled: 'c',
};

/** The state of each of a run's first batches, a letter each in the order of their numbers, which begin at 1 and miss none. */
export async function batchGrid(db: Sql, runId: string, most: number): Promise<string> {
  const rows = await db.$queryRaw<{ states: string | null }[]>`
    SELECT string_agg(coalesce(${JSON.stringify(gridLetters)}::jsonb ->> status, '-'), '' ORDER BY number) AS states
    FROM batches WHERE run_id = ${runId} AND number <= ${most}`;
  return rows[0]?.states ?? '';
}

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
