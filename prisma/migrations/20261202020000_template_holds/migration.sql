-- A run whose template WhatsApp has paused is held, and its campaign is paused, each once.

ALTER TABLE runs
    -- When that was done. An operator who resumes the run knows better, and it isn't done again.
    ADD COLUMN template_held_at TIMESTAMPTZ(3),
    DROP CONSTRAINT runs_held_kind_check,
    ADD CONSTRAINT runs_held_kind_check CHECK (held_kind IN ('preparing', 'first', 'balance', 'unknown', 'unverified', 'template'));

-- Why it was paused, if no operator did it.
ALTER TABLE campaigns ADD COLUMN paused_reason TEXT;

-- Runs with messages that failed as their template is paused (132015) or was switched off (132016). Workers look for them every few
-- seconds.
CREATE INDEX run_failures_template_idx ON run_failures (run_id) WHERE code IN (132015, 132016);

-- What ended before isn't told of any more.
UPDATE runs SET template_held_at = clock_timestamp()
WHERE finished_at IS NOT NULL AND id IN (SELECT run_id FROM run_failures WHERE code IN (132015, 132016));
