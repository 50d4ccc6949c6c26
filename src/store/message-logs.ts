import type { BroadcastLog } from '../domain/statuses/broadcast-log.js';
import { codeIn } from '../domain/statuses/failure-code.js';
import { type Fragment, type Sql, sql } from './postgres/sql.js';

/** What the answer to a message tells, and to whom it went: that is known without the answer. */
export type ToldLogs = { phoneNumber: string; broadcastJobId: number | null; logs: readonly BroadcastLog[] };

/**
 * Keeps the logs that came with the answer to a message, in the transaction that records it. A callback may have been quicker
 * than the answer: `take_early_log` takes that log away, and what it told goes on in the new one. Of a run that was purged, or
 * that has the number no more as somebody was forgotten, nothing personal is kept.
 * @param token of the claim whose attempt was answered.
 */
export async function insertBroadcastLogs(tx: Sql, token: string, told: ToldLogs): Promise<void> {
  const { phoneNumber, broadcastJobId, logs } = told;
  await tx.$executeRaw`
    /* a message gets its log */ ${logsOfAnswers(sql`
      SELECT b.account, b.id AS batch_id, a.number AS send, r.number AS run_number, r.purged_at, ${phoneNumber}::bigint AS phone_number,
             ${broadcastJobId}::bigint AS broadcast_job_id, ${JSON.stringify(withCodes(logs))}::jsonb AS logs
      FROM attempts a JOIN batches b ON b.id = a.batch_id JOIN runs r ON r.id = b.run_id WHERE a.token = ${token}::uuid`)}`;
}

/** The logs of an answer, as `logsOfAnswers` reads them. */
export function withCodes(logs: readonly BroadcastLog[]): (BroadcastLog & { code: number | null })[] {
  return logs.map((log) => ({ ...log, code: log.status === 'failed' ? codeIn(log.notes) : null }));
}

/** The statement that keeps the logs of answers. @param answers their rows: account, batch_id, send, run_number, purged_at, phone_number, broadcast_job_id and logs. */
export function logsOfAnswers(answers: Fragment): Fragment {
  return sql`
    INSERT INTO broadcast_logs (account, batch_id, send, phone_number, broadcast_job_id, broadcast_log_id, message_id, status,
                                status_at, has_failed, failed_at, failed_code, notes, answer_status, answer_code, answer_notes, sent_at, first_at, inferred)
    SELECT told.account, told.batch_id, told.send, told.phone_number, told.broadcast_job_id, told.log_id, coalesce(early.message_id, told.message_id),
           CASE WHEN further THEN early.status ELSE told.reached END, CASE WHEN further THEN early.status_at END,
           told.failed OR early.has_failed IS TRUE, CASE WHEN fails THEN early.failed_at END, CASE WHEN fails THEN early.failed_code ELSE told.code END,
           CASE WHEN fails THEN early.notes WHEN told.failed OR NOT further THEN told.notes END,
           told.status, told.code, told.notes, told.sent_at, early.first_at, early.id IS NOT NULL AND told.message_id IS NULL
    FROM (
      SELECT of.account, of.batch_id, of.send, of.broadcast_job_id, CASE WHEN is_known THEN of.phone_number END AS phone_number,
             log."broadcastLogId" AS log_id, CASE WHEN is_known THEN log."messageId" END AS message_id, log.status, log.status = 'failed' AS failed,
             coalesce(nullif(log.status, 'failed'), 'scheduled') AS reached, log.code, CASE WHEN is_known THEN log.notes END AS notes,
             log."sentAt" AS sent_at
      FROM (${answers}) AS of
      -- OFFSET 0: asked once, by the key. Else it is asked for each column above, which makes Postgres read the whole table.
      CROSS JOIN LATERAL (SELECT of.purged_at IS NULL
        AND EXISTS (SELECT 1 FROM recipients x WHERE x.run_number = of.run_number AND x.phone_number = of.phone_number) AS is_known OFFSET 0) AS known
      CROSS JOIN LATERAL jsonb_to_recordset(of.logs)
        AS log("broadcastLogId" BIGINT, "messageId" TEXT, status TEXT, code INTEGER, notes TEXT, "sentAt" TIMESTAMPTZ)
    ) AS told
    CROSS JOIN LATERAL take_early_log(told.account, told.batch_id, told.send, told.phone_number, told.log_id, told.message_id) AS early
    CROSS JOIN LATERAL (
      SELECT early.id IS NOT NULL AND delivery_rank(early.status) >= delivery_rank(told.reached) AS further,
             early.has_failed IS TRUE AND (NOT told.failed
               OR fails_before(early.failed_at, early.notes, early.failed_code, NULL, told.notes, told.code)) AS fails
    ) AS compared
    ON CONFLICT DO NOTHING`;
}
