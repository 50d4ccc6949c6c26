-- What became of the messages of a run, counted where it changes: nothing has to look through the logs.

-- Whether this log is the one that counts of its person in its batch: the latest one, of a batch that was sent again.
ALTER TABLE broadcast_logs ADD COLUMN counts BOOLEAN NOT NULL DEFAULT true;

-- The sums of a run are those of all its rows. Callbacks that come at the same time add to rows of their own (`slot`), so that none waits
-- for another; the hour in which Siaran was told shows how results came in. No foreign keys: each change would lock the run's row.
CREATE TABLE run_results (
    run_id                 TEXT NOT NULL,
    hour                   TIMESTAMPTZ(3) NOT NULL,
    slot                   INTEGER NOT NULL,
    -- Messages that came at least so far, and didn't fail before they were delivered.
    sent                   INTEGER NOT NULL,
    delivered              INTEGER NOT NULL,
    read                   INTEGER NOT NULL,
    -- Before any delivery; such a message counts as nothing else. And after it.
    failed                 INTEGER NOT NULL,
    failed_after_delivered INTEGER NOT NULL,
    -- Of all these: by the number and the time they belong to their batch.
    inferred               INTEGER NOT NULL,
    CONSTRAINT run_results_pkey PRIMARY KEY (run_id, hour, slot)
) WITH (fillfactor = 50);

-- The failures of a run by WhatsApp's code; 0: none was told.
CREATE TABLE run_failures (
    run_id                 TEXT NOT NULL,
    code                   INTEGER NOT NULL,
    slot                   INTEGER NOT NULL,
    failed                 INTEGER NOT NULL,
    failed_after_delivered INTEGER NOT NULL,
    CONSTRAINT run_failures_pkey PRIMARY KEY (run_id, code, slot)
) WITH (fillfactor = 50);

-- As what a message counts: the only place where that is said.
CREATE FUNCTION results_of(counts BOOLEAN, is_inferred BOOLEAN, status TEXT, has_failed BOOLEAN)
RETURNS TABLE (sent INTEGER, delivered INTEGER, read INTEGER, failed INTEGER, failed_after_delivered INTEGER, inferred INTEGER)
LANGUAGE SQL IMMUTABLE BEGIN ATOMIC
    SELECT (rank >= 2 AND NOT fell)::int, (rank >= 3)::int, (rank >= 4)::int, fell::int, (has_failed AND rank >= 3)::int,
           (is_inferred AND (fell OR rank >= 2))::int
    FROM (SELECT rank, counts AND has_failed AND rank < 3 AS fell FROM (SELECT CASE WHEN counts THEN delivery_rank(status) ELSE 0 END AS rank)) AS came;
END;

-- What is in the ledger already.
UPDATE broadcast_logs l SET counts = false FROM batches b
WHERE b.id = l.batch_id AND (b.individual OR b.attempts > 1) AND EXISTS (
    SELECT 1 FROM broadcast_logs later
    WHERE later.batch_id = l.batch_id AND (b.individual OR later.phone_number = l.phone_number) AND (later.send, later.id) > (l.send, l.id));
INSERT INTO run_results
SELECT b.run_id, date_trunc('hour', coalesce(l.status_at, l.failed_at, b.handed_over_at, b.opened_at)), 0,
       sum(r.sent), sum(r.delivered), sum(r.read), sum(r.failed), sum(r.failed_after_delivered), sum(r.inferred)
FROM broadcast_logs l JOIN batches b ON b.id = l.batch_id CROSS JOIN LATERAL results_of(l.counts, l.inferred, l.status, l.has_failed) AS r
GROUP BY 1, 2 HAVING sum(r.sent + r.failed) > 0;
INSERT INTO run_failures
SELECT b.run_id, coalesce(l.failed_code, 0), 0, sum(r.failed), sum(r.failed_after_delivered)
FROM broadcast_logs l JOIN batches b ON b.id = l.batch_id CROSS JOIN LATERAL results_of(l.counts, l.inferred, l.status, l.has_failed) AS r
GROUP BY 1, 2 HAVING sum(r.failed + r.failed_after_delivered) > 0;

-- By how much the messages of a batch with one code changed.
CREATE TYPE result_change AS (
    batch_id TEXT, code INTEGER, sent INTEGER, delivered INTEGER, read INTEGER, failed INTEGER, failed_after_delivered INTEGER, inferred INTEGER
);

-- Two transactions that change the same rows must take them in the same order. One statement takes its rows in theirs; so a transaction
-- whose first statement of several this is adds to rows that no other one adds to meanwhile.
CREATE FUNCTION count_alone() RETURNS VOID LANGUAGE plpgsql AS $$
DECLARE
    own INTEGER := 16 + pg_backend_pid() % 16;
BEGIN
    PERFORM pg_advisory_xact_lock(1667329123, own);
    PERFORM set_config('siaran.slot', own::text, true);
END $$;

CREATE FUNCTION add_results(changes result_change[]) RETURNS VOID LANGUAGE plpgsql AS $$
DECLARE
    own INTEGER := coalesce(nullif(current_setting('siaran.slot', true), '')::int, pg_backend_pid() % 16);
BEGIN
    INSERT INTO run_results AS r (run_id, hour, slot, sent, delivered, read, failed, failed_after_delivered, inferred)
    SELECT b.run_id, date_trunc('hour', clock_timestamp()), own, sum(c.sent), sum(c.delivered), sum(c.read), sum(c.failed),
           sum(c.failed_after_delivered), sum(c.inferred)
    FROM unnest(changes) AS c JOIN batches b ON b.id = c.batch_id GROUP BY b.run_id ORDER BY b.run_id
    ON CONFLICT (run_id, hour, slot) DO UPDATE SET sent = r.sent + excluded.sent, delivered = r.delivered + excluded.delivered,
        read = r.read + excluded.read, failed = r.failed + excluded.failed,
        failed_after_delivered = r.failed_after_delivered + excluded.failed_after_delivered, inferred = r.inferred + excluded.inferred;
    IF EXISTS (SELECT 1 FROM unnest(changes) AS c WHERE c.failed <> 0 OR c.failed_after_delivered <> 0) THEN
        INSERT INTO run_failures AS f (run_id, code, slot, failed, failed_after_delivered)
        SELECT b.run_id, c.code, own, sum(c.failed), sum(c.failed_after_delivered)
        FROM unnest(changes) AS c JOIN batches b ON b.id = c.batch_id
        WHERE c.failed <> 0 OR c.failed_after_delivered <> 0 GROUP BY b.run_id, c.code ORDER BY b.run_id, c.code
        ON CONFLICT (run_id, code, slot) DO UPDATE SET failed = f.failed + excluded.failed,
            failed_after_delivered = f.failed_after_delivered + excluded.failed_after_delivered;
    END IF;
END $$;

CREATE FUNCTION count_changed_logs() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
    changes result_change[];
BEGIN
    SELECT array_agg(changed) INTO changes FROM (
        SELECT batch_id, code, sum(sign * sent)::int, sum(sign * delivered)::int, sum(sign * read)::int, sum(sign * failed)::int,
               sum(sign * failed_after_delivered)::int, sum(sign * inferred)::int
        FROM (
            SELECT 1 AS sign, batch_id, coalesce(failed_code, 0) AS code, r.*
            FROM after CROSS JOIN LATERAL results_of(counts, after.inferred, status, has_failed) AS r
            UNION ALL SELECT -1, batch_id, coalesce(failed_code, 0), r.*
            FROM before CROSS JOIN LATERAL results_of(counts, before.inferred, status, has_failed) AS r
        ) AS each
        GROUP BY batch_id, code
        HAVING sum(sign * sent) <> 0 OR sum(sign * delivered) <> 0 OR sum(sign * read) <> 0 OR sum(sign * failed) <> 0
            OR sum(sign * failed_after_delivered) <> 0 OR sum(sign * inferred) <> 0
    ) AS changed;
    IF changes IS NOT NULL THEN
        PERFORM add_results(changes);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER broadcast_logs_change_results AFTER UPDATE ON broadcast_logs
    REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION count_changed_logs();

-- Of logs that come (1) or go (-1).
CREATE FUNCTION count_whole_logs() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
    sign INTEGER := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
    changes result_change[];
    doubled RECORD;
BEGIN
    -- Only of a message, and of a batch that was sent again, can a person have several logs.
    FOR doubled IN
        SELECT b.id, b.individual, array_agg(whole.phone_number ORDER BY whole.phone_number) AS numbers
        FROM whole JOIN batches b ON b.id = whole.batch_id
        WHERE (b.individual OR b.attempts > 1) AND EXISTS (
            SELECT 1 FROM broadcast_logs l WHERE l.batch_id = b.id AND l.id <> whole.id AND (b.individual OR l.phone_number = whole.phone_number))
        GROUP BY b.id ORDER BY b.id
    LOOP
        PERFORM count_alone();
        UPDATE broadcast_logs l SET counts = NOT l.counts
        WHERE l.batch_id = doubled.id AND (doubled.individual OR l.phone_number = ANY (doubled.numbers))
            AND l.counts = EXISTS (
                SELECT 1 FROM broadcast_logs later
                WHERE later.batch_id = l.batch_id AND (doubled.individual OR later.phone_number = l.phone_number)
                    AND (later.send, later.id) > (l.send, l.id));
    END LOOP;
    SELECT array_agg(changed) INTO changes FROM (
        SELECT batch_id, coalesce(failed_code, 0), (sign * sum(sent))::int, (sign * sum(delivered))::int, (sign * sum(read))::int, (sign * sum(failed))::int,
               (sign * sum(failed_after_delivered))::int, (sign * sum(r.inferred))::int
        FROM whole CROSS JOIN LATERAL results_of(counts, whole.inferred, status, has_failed) AS r
        GROUP BY batch_id, coalesce(failed_code, 0)
        HAVING sum(sent + failed) > 0
    ) AS changed;
    IF changes IS NOT NULL THEN
        PERFORM add_results(changes);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER broadcast_logs_come_counted AFTER INSERT ON broadcast_logs
    REFERENCING NEW TABLE AS whole FOR EACH STATEMENT EXECUTE FUNCTION count_whole_logs();
CREATE TRIGGER broadcast_logs_go_counted AFTER DELETE ON broadcast_logs
    REFERENCING OLD TABLE AS whole FOR EACH STATEMENT EXECUTE FUNCTION count_whole_logs();

-- As before; and as whoever takes messages away goes on with other statements, it counts alone.
CREATE OR REPLACE FUNCTION take_messages_away(log_ids BIGINT[]) RETURNS VOID LANGUAGE SQL
BEGIN ATOMIC
    SELECT count_alone();
    DELETE FROM broadcast_logs WHERE id = ANY (log_ids) AND broadcast_log_id IS NULL;
    UPDATE broadcast_logs SET message_id = NULL, status_at = NULL, inferred = false, first_at = NULL,
           status = coalesce(nullif(answer_status, 'failed'), 'scheduled'),
           has_failed = answer_status IS NOT DISTINCT FROM 'failed', failed_at = NULL, failed_code = answer_code, notes = answer_notes
    WHERE id = ANY (log_ids);
END;
