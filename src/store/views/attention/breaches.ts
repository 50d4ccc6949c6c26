import type { Sql } from '../../postgres/sql.js';

/** A rule that a run's ledger breaks, and where. */
export type Breach = {
  /** The rule. */
  rule: string;
  /** What breaks it: the batch, the number (masked) or the figures. */
  detail: string;
};

/** Looks for broken rules in one snapshot, whatever the program believes: each line of the UNION finds one kind of breach. */
export async function ledgerBreaches(db: Sql, runId: string): Promise<Breach[]> {
  return db.$queryRaw<Breach[]>`
    WITH run AS (SELECT number, purged_at IS NOT NULL AS purged FROM runs WHERE id = ${runId}),
    batch AS (SELECT * FROM batches WHERE run_id = ${runId}),
    number AS (SELECT * FROM recipients WHERE run_number = (SELECT number FROM run)),
    counted AS (SELECT batch_number, count(*) AS rows FROM number WHERE batch_number <> 0 GROUP BY batch_number),
    suppressed AS (
      SELECT (SELECT count(*) FROM number WHERE batch_number = 0) AS found,
        (SELECT coalesce(sum(suppressed), 0) FROM intakes WHERE run_id = ${runId}) + (SELECT coalesce(sum(suppressed), 0) FROM batch) AS counted
    ),
    numbered AS (SELECT phone_number, count(*) AS times FROM number GROUP BY phone_number HAVING count(*) > 1),
    packed AS (
      SELECT batch.id, batch.size, coalesce(sum(1 + length(lines) - length(replace(lines, chr(10), ''))), 0) AS rows
      FROM batch LEFT JOIN batch_rows ON batch_id = batch.id GROUP BY batch.id, batch.size
    )
    SELECT 'a batch holds at most 1,000 recipients' AS rule, id || ' holds ' || size AS detail FROM batch WHERE size > 1000
    UNION ALL
    SELECT 'a batch holds the recipients that it says', coalesce(batch.id, ${runId} || ' batch ' || counted.batch_number)
      || ' says ' || coalesce(batch.size, 0) || ', holds ' || coalesce(counted.rows, 0)
    FROM batch FULL JOIN counted ON counted.batch_number = batch.number
    WHERE NOT (SELECT purged FROM run) AND coalesce(batch.size, 0) <> coalesce(counted.rows, 0)
    UNION ALL
    SELECT 'a batch has a row for each of its recipients', id || ' says ' || size || ', has ' || rows FROM packed
    WHERE NOT (SELECT purged FROM run) AND size <> rows
    UNION ALL
    SELECT 'each suppressed recipient is counted', counted || ' are counted, ' || found || ' are found' FROM suppressed
    WHERE NOT (SELECT purged FROM run) AND counted <> found
    UNION ALL
    SELECT 'no number stands in a run twice', 'a number stands ' || times || ' times' FROM numbered
    UNION ALL
    SELECT 'a scheduled batch has a file, and a job unless evidence settled it', id || ' lacks one' FROM batch
    WHERE status = 'scheduled' AND ((broadcast_file_id IS NULL AND NOT individual) OR (broadcast_job_id IS NULL AND NOT sent_by_evidence))
    UNION ALL
    SELECT 'a broadcast job belongs to one batch', 'job ' || broadcast_job_id || ' belongs to ' || string_agg(id, ', ') FROM batch
    WHERE status = 'scheduled' AND broadcast_job_id IS NOT NULL GROUP BY broadcast_job_id HAVING count(*) > 1
    UNION ALL
    SELECT 'the provider counts as many recipients as were sent',
      id || ' has ' || size || ', the job has ' || coalesce(broadcast_job ->> 'total_recipient', 'none')
    FROM batch WHERE status = 'scheduled' AND broadcast_job IS NOT NULL
      AND broadcast_job ->> 'total_recipient' IS DISTINCT FROM size::text
    UNION ALL
    SELECT 'an accepted send settles its batch', 'job ' || a.broadcast_job_id || ' of ' || a.batch_id || ' was sent once more than wanted'
    FROM attempts a JOIN batch ON batch.id = a.batch_id WHERE a.extra
    UNION ALL
    SELECT 'what was resolved as not sent is not reported', batch.id || ' was resolved as not sent (attempt ' || s.number || '), and callbacks tell of '
      || count(*) || ' of its messages, such as that to ' || coalesce(left(min(l.phone_number) FILTER (WHERE l.phone_number > 0)::text, 5) || '****', 'a number that was removed')
    FROM batch JOIN attempts s ON s.batch_id = batch.id AND s.kind = 'send' AND s.declared_unsent
    JOIN broadcast_logs l ON l.batch_id = batch.id AND l.send = s.number AND l.message_id IS NOT NULL GROUP BY batch.id, s.number
    UNION ALL
    SELECT 'what counts as sent was not refused', batch.id || ' counts as sent, and its answer was: ' || coalesce(a.error, a.outcome)
    FROM batch JOIN attempts a ON a.batch_id = batch.id AND a.number = batch.attempts AND a.kind = 'send'
    WHERE batch.status = 'scheduled' AND batch.sent_by_evidence AND a.outcome IN ('failed', 'not_sent') AND EXISTS (
      SELECT 1 FROM attempts d WHERE d.batch_id = batch.id AND d.number = a.number AND d.kind = 'evidence' AND d.outcome = 'scheduled')
    UNION ALL
    SELECT 'nobody is messaged twice, as far as callbacks tell', id || ' was sent ' || max(sends) || ' times to ' || count(*) || ' of its numbers, such as '
      || coalesce(left(min(phone_number) FILTER (WHERE phone_number > 0)::text, 5) || '****', 'one that was removed')
    FROM (
      SELECT batch.id, l.phone_number, count(DISTINCT l.send) AS sends FROM batch JOIN broadcast_logs l ON l.batch_id = batch.id
      WHERE l.message_id IS NOT NULL AND l.phone_number IS NOT NULL AND batch.attempts > 1 GROUP BY batch.id, l.phone_number
    ) AS messaged WHERE sends > 1 GROUP BY id
    UNION ALL
    SELECT 'a cancelled run hands nothing over any more', batch.id || ' is ' || batch.status
    FROM batch JOIN runs ON runs.id = batch.run_id
    WHERE runs.cancelled_at IS NOT NULL AND batch.status IN ('pending', 'uploaded') AND batch.closed_at IS NOT NULL`;
}
