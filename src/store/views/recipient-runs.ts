import type { BatchStatus } from '../../domain/runs/batch.js';
import { type Fragment, type Sql, sql } from '../postgres/sql.js';

/** What one run sent to a number. */
export type RecipientRun = {
  /** The run's id. */
  runId: string;
  /** The run's name. */
  name: string;
  /** The batch that the number is in; `null`: none. */
  batchId: string | null;
  /** The batch's status; `suppressed`: the number was on the suppression list and is in no batch. */
  status: BatchStatus | 'suppressed';
  /** When Qiscus starts the batch, ISO 8601 in UTC; `null`: that isn't decided, or it started at once. */
  startedAt: string | null;
  /** The broadcast job at Qiscus. */
  broadcastJobId: number | null;
  /** Qiscus's record of the message; `null`: Qiscus hasn't told it. */
  broadcastLogId: number | null;
  /** WhatsApp's id of the message; `null`: Qiscus hasn't told it. */
  messageId: string | null;
  /** How far the message has come, as Qiscus told, such as `delivered`; `failed`, or `failed_after_delivered`. */
  deliveryStatus: string | null;
  /** WhatsApp's code, if the message failed and one was told. */
  code: number | null;
  /** Whether it failed after it had been delivered. */
  failedAfterDelivered: boolean;
  /** What Qiscus told besides, such as why the message failed. */
  notes: string | null;
};

type Row = Omit<RecipientRun, 'startedAt' | 'broadcastJobId' | 'broadcastLogId' | 'status' | 'failedAfterDelivered'> & {
  status: BatchStatus | null;
  startedAt: Date | null;
  broadcastJobId: bigint | null;
  broadcastLogId: bigint | null;
};

/**
 * In which runs a number is, and in which batch. An index knows those that have it in their first batch; each run of several batches is
 * asked by its primary key, unless its marks say that it hasn't the number. As a list, which Postgres goes through in the order of the index: joined, each run costs half as much again.
 */
export function placesOf(number: bigint): Fragment {
  return sql`
      SELECT run_number, batch_number FROM recipients WHERE phone_number = ${number} AND batch_number <= 1
      UNION ALL SELECT run_number, batch_number FROM recipients
      WHERE phone_number = ${number} AND batch_number > 1
        AND run_number = ANY (ARRAY(SELECT run_number FROM large_runs WHERE may_have(large_runs, ${number})))`;
}

/** Every run that has the number of this identity, newest first. */
export async function runsOfNumber(db: Sql, phoneNumber: string): Promise<RecipientRun[]> {
  const number = BigInt(phoneNumber);
  const rows = await db.$queryRaw<Row[]>`
    WITH placed AS MATERIALIZED (${placesOf(number)})
    SELECT r.id AS "runId", r.name, b.id AS "batchId", b.status, b.started_at AS "startedAt",
           coalesce(log.broadcast_job_id, b.broadcast_job_id) AS "broadcastJobId", log.broadcast_log_id AS "broadcastLogId",
           log.message_id AS "messageId", log.shown AS "deliveryStatus", log.failed_code AS code, log.notes
    FROM placed CROSS JOIN LATERAL (SELECT id, name, created_at FROM runs WHERE number = placed.run_number LIMIT 1) AS r
    LEFT JOIN LATERAL (SELECT * FROM batches WHERE run_id = r.id AND number = placed.batch_number LIMIT 1) AS b ON true
    LEFT JOIN LATERAL (
      SELECT *, shown_status(l) AS shown FROM broadcast_logs l
      WHERE l.phone_number = ${number} AND l.batch_id = b.id ORDER BY l.send DESC, l.id DESC LIMIT 1
    ) AS log ON true
    ORDER BY r.created_at DESC, r.id`;
  return rows.map((row) => ({
    ...row,
    status: row.status ?? 'suppressed',
    failedAfterDelivered: row.deliveryStatus === 'failed_after_delivered',
    startedAt: row.startedAt?.toISOString() ?? null,
    broadcastJobId: row.broadcastJobId === null ? null : Number(row.broadcastJobId),
    broadcastLogId: row.broadcastLogId === null ? null : Number(row.broadcastLogId),
  }));
}
