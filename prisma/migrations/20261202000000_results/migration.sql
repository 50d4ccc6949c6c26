-- A failure stands beside how far its message has come: Qiscus tells of messages that failed after they were delivered.

ALTER TABLE broadcast_logs
    -- Whether it failed, whenever that was told: after it was delivered or before. When, with which of WhatsApp's codes, if they were told;
    -- `notes` says why.
    ADD COLUMN has_failed  BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN failed_at   TIMESTAMPTZ(3),
    ADD COLUMN failed_code INTEGER,
    -- Of the answer to the message, as answer_status and answer_notes.
    ADD COLUMN answer_code INTEGER,
    ADD CONSTRAINT broadcast_logs_failed_check CHECK (has_failed OR (failed_at IS NULL AND failed_code IS NULL));

-- How far those had come is not known any more. Notes begin with the code.
UPDATE broadcast_logs SET status = 'scheduled', status_at = NULL, has_failed = true, failed_at = status_at,
       failed_code = substring(notes from '^\D{0,5}(\d{3,6})\M')::int,
       answer_code = CASE WHEN answer_status = 'failed' THEN substring(answer_notes from '^\D{0,5}(\d{3,6})\M')::int END
WHERE status = 'failed';

-- `status` is only how far a message has come. It never goes back, in whatever order that is told.
CREATE OR REPLACE FUNCTION delivery_rank(status TEXT) RETURNS INTEGER LANGUAGE SQL IMMUTABLE
RETURN coalesce(array_position(ARRAY['scheduled', 'sent', 'delivered', 'read'], status), 0);

-- What is shown of a message: how far it has come, or that it failed, before or after it was delivered. `shownStatus` in
-- src/domain/statuses/message-state.ts says the same.
CREATE FUNCTION shown_status(log broadcast_logs) RETURNS TEXT LANGUAGE SQL IMMUTABLE
RETURN CASE
    WHEN NOT log.has_failed THEN log.status
    WHEN delivery_rank(log.status) >= delivery_rank('delivered') THEN 'failed_after_delivered'
    ELSE 'failed' END;

-- Of several failures that are told of one message the earliest one stands, in whatever order they are told: whether the first one of
-- these goes before the second.
CREATE FUNCTION fails_before(at TIMESTAMPTZ, notes TEXT, code INTEGER, other_at TIMESTAMPTZ, other_notes TEXT, other_code INTEGER)
RETURNS BOOLEAN LANGUAGE SQL IMMUTABLE
RETURN ROW(coalesce(at, 'infinity'), notes IS NULL, coalesce(notes, '') COLLATE "C", coalesce(code, 2147483647))
    < ROW(coalesce(other_at, 'infinity'), other_notes IS NULL, coalesce(other_notes, '') COLLATE "C", coalesce(other_code, 2147483647));

CREATE OR REPLACE FUNCTION take_messages_away(log_ids BIGINT[]) RETURNS VOID LANGUAGE SQL
BEGIN ATOMIC
    DELETE FROM broadcast_logs WHERE id = ANY (log_ids) AND broadcast_log_id IS NULL;
    UPDATE broadcast_logs SET message_id = NULL, status_at = NULL, inferred = false, first_at = NULL,
           status = coalesce(nullif(answer_status, 'failed'), 'scheduled'),
           has_failed = answer_status IS NOT DISTINCT FROM 'failed', failed_at = NULL, failed_code = answer_code, notes = answer_notes
    WHERE id = ANY (log_ids);
END;
