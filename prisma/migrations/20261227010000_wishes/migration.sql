-- What an operator wrote of a number whose owner opted out as well. Once the opt-out is taken back, the entry stands for this again.
ALTER TABLE suppressions
    ADD COLUMN operator_reason TEXT,
    ADD CONSTRAINT suppressions_operator_reason_check CHECK (operator_reason IS NULL OR source = 'opt_out');
-- An import is an operator's. What else an operator had put there, and was opted out of since, nobody can tell any more.
UPDATE suppressions SET operator_reason = 'imported' WHERE source = 'opt_out' AND import_id IS NOT NULL;

-- When it was asked for, as WhatsApp says: of what somebody asked for, the latest counts, in whatever order it comes. `resume`: their
-- owner wants messages again.
ALTER TABLE opt_outs ADD COLUMN asked_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;
UPDATE opt_outs SET asked_at = came_at;
-- Of numbers that were taken off the list since, by an operator or as their owner resumed.
UPDATE opt_outs o SET undone_at = clock_timestamp()
WHERE undone_at IS NULL AND NOT held AND NOT EXISTS (SELECT 1 FROM suppressions s WHERE s.phone_number = o.phone_number);
ALTER TABLE opt_outs
    DROP CONSTRAINT opt_outs_kind_check,
    ADD CONSTRAINT opt_outs_kind_check CHECK (kind IN ('status', 'preference', 'stop_word', 'resume'));
