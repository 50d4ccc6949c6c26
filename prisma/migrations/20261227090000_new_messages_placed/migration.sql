-- The first status of a message by one statement, as the later ones are: its message has to be placed before, and each of the seven round
-- trips that this took cost as much as two statuses.

-- Which sends of an account's broadcasts, begun between two instants, these numbers were in, as far as they were handed over, or may have
-- been, and their message isn't known for certain; each with the log that it has of the number. A send that an operator found not to have
-- been made is among them: callbacks may tell the opposite.
-- It goes by indexes: a plan from when the tables were small would stay. Runs are few, and each is asked by its primary key for all numbers
-- at once: those that it hasn't cost next to nothing then. Nothing else can be planned: a lateral that is cut off isn't joined in another way.
CREATE FUNCTION sends_of_numbers(of_account TEXT, numbers BIGINT[], begun_from TIMESTAMPTZ, begun_to TIMESTAMPTZ)
RETURNS TABLE (phone_number BIGINT, batch_id TEXT, run_id TEXT, send INTEGER, began_at TIMESTAMPTZ, log broadcast_logs)
LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH doubted AS MATERIALIZED (
        SELECT s.batch_id, b.run_id, s.number AS send, coalesce(s.started_at, s.intended_at) AS began_at
        FROM attempts s JOIN batches b ON b.id = s.batch_id
        WHERE (s.extra OR s.declared_unsent) AND coalesce(s.started_at, s.intended_at) BETWEEN begun_from AND begun_to
          AND b.account = of_account AND NOT (s.number = b.attempts AND is_handed_over(b))
    ), begun AS MATERIALIZED (
        SELECT run_id FROM batches b
        WHERE (status IN ('sending', 'unknown') OR (status = 'scheduled' AND NOT individual))
          AND began_at(b) BETWEEN begun_from AND begun_to AND account = of_account
        UNION SELECT run_id FROM doubted
    ), placed AS (
        SELECT part.phone_number, b.id
        FROM begun CROSS JOIN LATERAL (SELECT number FROM runs WHERE id = begun.run_id LIMIT 1) AS r
        CROSS JOIN LATERAL (
            SELECT phone_number, batch_number FROM recipients x
            WHERE x.run_number = r.number AND x.phone_number = ANY (numbers) OFFSET 0
        ) AS part
        CROSS JOIN LATERAL (SELECT id FROM batches WHERE run_id = begun.run_id AND number = part.batch_number LIMIT 1) AS b
        -- By the numbers: an index of the account would give all its logs, as long as Postgres believes that they are few.
        UNION SELECT l.phone_number, l.batch_id FROM broadcast_logs l
        WHERE l.phone_number = ANY (numbers) AND l.account || '' = of_account
    ), sends AS (
        SELECT placed.phone_number, b.*
        FROM placed CROSS JOIN LATERAL (
            SELECT id AS batch_id, run_id, attempts AS send, began_at(batches) AS began_at FROM batches
            WHERE batches.id = placed.id AND is_handed_over(batches)
              -- One that became unknown again for an earlier send may have been refused since.
              AND NOT (status = 'unknown' AND EXISTS (SELECT 1 FROM attempts s
                WHERE s.batch_id = batches.id AND s.number = batches.attempts AND s.kind = 'send' AND s.outcome IN ('failed', 'not_sent'))) LIMIT 1
        ) AS b
        UNION ALL SELECT placed.phone_number, doubted.batch_id, doubted.run_id, doubted.send, doubted.began_at
        FROM doubted JOIN placed ON placed.id = doubted.batch_id
    )
    SELECT sends.*, its.log
    FROM sends LEFT JOIN LATERAL (
        SELECT l AS log FROM broadcast_logs l
        -- By the number: an index of the batch alone would give its thousand logs, and that of the ids, planned when they were few, all logs.
        WHERE l.phone_number = sends.phone_number AND l.batch_id || '' = sends.batch_id AND l.send = sends.send ORDER BY l.id + 0 DESC LIMIT 1
    ) AS its ON true
    WHERE sends.began_at BETWEEN begun_from AND begun_to AND ((its.log).message_id IS NULL OR (its.log).first_at IS NOT NULL);
END $$;

-- Places messages of which is told that they were sent, each on a log of its own, as a transaction of its own. It takes those that have no
-- log, and whose number was in one send only that has no log either; the number's other sends must have messages that were on their way
-- before that send began, as certainly as the clocks agree. Then `matchByTime` has nothing to weigh up, and would place them there too; the
-- other messages are left to it. `longest`: so long after its broadcast began a message may be on its way; `differing`: so far the
-- clocks may be apart. Each message and each number is given once. Returns the messages that were placed.
CREATE FUNCTION place_new_messages(of_account TEXT, messages TEXT[], numbers BIGINT[], times TIMESTAMPTZ[], longest INTERVAL, differing INTERVAL)
RETURNS TABLE ("messageId" TEXT, "phoneNumber" TEXT, changed BOOLEAN) LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
#variable_conflict use_column
DECLARE
    earliest TIMESTAMPTZ;
    latest   TIMESTAMPTZ;
BEGIN
    PERFORM lock_messages(messages || numbers::text[]);
    SELECT min(at), max(at) INTO earliest, latest FROM unnest(times) AS at;
    RETURN QUERY
    WITH sends AS (
        -- Also those that began later: their messages may have to make room.
        SELECT *, (log).id IS NULL AS is_free FROM sends_of_numbers(of_account, numbers, earliest - longest, latest + longest)
    ), free AS MATERIALIZED (
        SELECT phone_number, min(batch_id) FILTER (WHERE is_free) AS batch_id, min(run_id) FILTER (WHERE is_free) AS run_id,
               min(send) FILTER (WHERE is_free) AS send, min(began_at) FILTER (WHERE is_free) AS began_at
        FROM sends GROUP BY phone_number
        HAVING count(*) FILTER (WHERE is_free) = 1 AND bool_and(is_free OR (log).message_id IS NOT NULL)
           AND (max((log).first_at) + differing < min(began_at) FILTER (WHERE is_free)) IS NOT FALSE
    ), kept AS MATERIALIZED (
        -- Runs that aren't purged, nor can be before the transaction ends; locked in the order of their ids.
        SELECT r.id FROM (SELECT DISTINCT run_id FROM free ORDER BY run_id) AS of_free
        CROSS JOIN LATERAL (SELECT id FROM runs WHERE id = of_free.run_id AND purged_at IS NULL FOR KEY SHARE) AS r
    ), whole AS MATERIALIZED (
        -- Without hash and merge joins, Postgres would compare each with each for any other kind of join.
        SELECT * FROM unnest(messages, numbers, times) AS told(message, phone_number, at) FULL JOIN free USING (phone_number)
    )
    INSERT INTO broadcast_logs AS l (account, batch_id, send, phone_number, broadcast_job_id, message_id, inferred, first_at, status, status_at)
    SELECT b.account, b.id, whole.send, whole.phone_number, CASE WHEN b.attempts = whole.send THEN b.broadcast_job_id END, message, true, at,
           'sent', at
    FROM whole JOIN kept ON kept.id = run_id CROSS JOIN LATERAL (SELECT * FROM batches WHERE id = whole.batch_id LIMIT 1) AS b
    WHERE at BETWEEN began_at - differing AND began_at + longest
      -- One by one: any other way may read all logs.
      AND (SELECT id FROM broadcast_logs WHERE message_id = whole.message LIMIT 1) IS NULL
    RETURNING l.message_id, l.phone_number::text, true;
END $$;
