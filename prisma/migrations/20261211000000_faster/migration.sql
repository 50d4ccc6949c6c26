-- Statuses of messages that have a log, by one statement: most of what callbacks tell, and each round trip costs the receiver and Postgres
-- as much as two statuses.

-- What is told of each message, in one row: how far it has come, and its earliest failure.
CREATE FUNCTION told_once(told JSONB)
RETURNS TABLE ("messageId" TEXT, status TEXT, at TIMESTAMPTZ, failed BOOLEAN, failed_at TIMESTAMPTZ, notes TEXT, code INTEGER, earliest TIMESTAMPTZ)
LANGUAGE SQL IMMUTABLE AS $$
    WITH each_told AS (
        SELECT * FROM jsonb_to_recordset(told)
            AS each_told("messageId" text, status text, at timestamptz(3), notes text, code int, earliest timestamptz(3))
    ), furthest AS (
        SELECT DISTINCT ON ("messageId") "messageId", status, at, earliest FROM each_told WHERE status <> 'failed'
        ORDER BY "messageId", delivery_rank(status) DESC, at NULLS LAST
    ), failure AS (
        SELECT DISTINCT ON ("messageId") "messageId", at AS failed_at, notes, code, true AS failed, earliest FROM each_told WHERE status = 'failed'
        ORDER BY "messageId", at NULLS LAST, notes COLLATE "C" NULLS LAST, code NULLS LAST
    )
    SELECT "messageId", status, at, failed, failed_at, notes, code, coalesce(furthest.earliest, failure.earliest)
    FROM furthest FULL JOIN failure USING ("messageId")
$$;

-- Notes how far messages have come, and which failed. The furthest status stands, of equals the earliest; and beside it the earliest failure.
-- Returns the messages that have a log, and whether anything changed. With an account, messages that have to be looked for first are
-- left: those of another account, and those that were on their way earlier than was known when their broadcast was inferred.
CREATE FUNCTION raise_statuses(told JSONB, of_account TEXT)
RETURNS TABLE ("messageId" TEXT, "phoneNumber" TEXT, changed BOOLEAN) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH found AS MATERIALIZED (
        SELECT once.*, l.id FROM told_once(told) AS once
        CROSS JOIN LATERAL (SELECT id FROM broadcast_logs WHERE message_id = once."messageId" LIMIT 1) AS l ORDER BY l.id
    ), known AS MATERIALIZED (
        SELECT l.phone_number, once.*,
               delivery_rank(once.status) > delivery_rank(l.status)
                 OR (once.status = l.status AND coalesce(once.at, 'infinity') < coalesce(l.status_at, 'infinity')) AS goes_on,
               failed AND (NOT l.has_failed
                 OR fails_before(once.failed_at, storable.notes, once.code, l.failed_at, l.notes, l.failed_code)) AS fails,
               storable.notes AS why
        -- Locked in the order of their ids. Meanwhile a log may have been given to another message.
        FROM found AS once CROSS JOIN LATERAL (
            SELECT * FROM broadcast_logs WHERE id = once.id AND message_id = once."messageId"
              AND (of_account IS NULL OR (account = of_account AND (once.earliest < first_at) IS NOT TRUE)) FOR UPDATE
        ) AS l
        -- Of a purged run nothing is kept that may tell of a person.
        CROSS JOIN LATERAL (SELECT CASE WHEN l.phone_number IS NOT NULL THEN once.notes END AS notes) AS storable
    ), raised AS (
        UPDATE broadcast_logs l SET
               status = CASE WHEN goes_on THEN known.status ELSE l.status END,
               status_at = CASE WHEN goes_on THEN known.at ELSE l.status_at END,
               has_failed = l.has_failed OR fails IS TRUE,
               failed_at = CASE WHEN fails THEN known.failed_at ELSE l.failed_at END,
               failed_code = CASE WHEN fails THEN known.code ELSE l.failed_code END,
               -- What Qiscus noted of a status goes with it. Why it failed stays.
               notes = CASE WHEN fails THEN why WHEN l.has_failed THEN l.notes END
        -- For equal ids Postgres may read all logs in their order, and compare each with each that is known.
        FROM known WHERE l.id BETWEEN known.id AND known.id AND (goes_on OR fails)
    )
    SELECT known."messageId", phone_number::text, (goes_on OR fails) IS TRUE FROM known;
END $$;

-- The same as a transaction of its own, for messages that stay where they are: it waits for those that match them, and for no other of
-- its like. What it looks at after that wait is as they have left it. It goes by indexes: a plan from when the logs were few would stay.
CREATE FUNCTION raise_placed(of_account TEXT, keys TEXT[], told JSONB)
RETURNS TABLE ("messageId" TEXT, "phoneNumber" TEXT, changed BOOLEAN) LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
BEGIN
    PERFORM share_messages(keys);
    RETURN QUERY SELECT * FROM raise_statuses(told, of_account);
END $$;

-- Runs of several batches that have recipients: each is asked for a number by its primary key, as the index of numbers has those of first
-- batches only. A purged one, which has no recipients any more, isn't asked. No foreign key: each would lock the run's row.
CREATE TABLE large_runs (
    run_number INTEGER NOT NULL,
    CONSTRAINT large_runs_pkey PRIMARY KEY (run_number)
);

-- A trigger, as many statements make batches.
CREATE FUNCTION note_large_run() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO large_runs SELECT number FROM runs WHERE id = NEW.run_id ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER batches_make_run_large AFTER INSERT ON batches FOR EACH ROW WHEN (NEW.number = 2) EXECUTE FUNCTION note_large_run();

-- Those from before. Nobody adds a batch meanwhile: the trigger has locked their table.
INSERT INTO large_runs SELECT number FROM runs r
WHERE EXISTS (SELECT 1 FROM batches b WHERE b.run_id = r.id AND b.number = 2) AND EXISTS (SELECT 1 FROM recipients WHERE run_number = r.number);
DROP INDEX batches_second_idx;

-- As before, but with a question of its own for each of its two cases: of both in one, Postgres made a plan for each message anew. It goes by
-- indexes: a plan from when the logs were few would stay.
CREATE OR REPLACE FUNCTION take_early_log(of_account TEXT, of_batch TEXT, of_send INTEGER, of_number BIGINT, log_id BIGINT, of_message TEXT)
RETURNS broadcast_logs LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    early broadcast_logs;
BEGIN
    -- Of a purged run nothing is known, and an answer without a log id brings no log that could be found again.
    IF of_number IS NULL OR log_id IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM lock_messages(ARRAY[of_number::text, of_message]);
    IF of_message IS NOT NULL THEN
        SELECT * INTO early FROM broadcast_logs l WHERE l.message_id = of_message LIMIT 1;
    ELSE
        SELECT * INTO early FROM broadcast_logs l
        WHERE l.phone_number = of_number AND l.batch_id = of_batch AND l.send = of_send AND l.inferred AND l.broadcast_log_id IS NULL
        ORDER BY l.id DESC LIMIT 1;
    END IF;
    IF NOT FOUND OR (early.account = of_account AND early.broadcast_log_id = log_id) THEN
        RETURN NULL;
    END IF;
    PERFORM take_messages_away(ARRAY[early.id]);
    RETURN early;
END $$;
