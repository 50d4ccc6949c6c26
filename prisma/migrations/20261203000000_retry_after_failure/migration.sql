-- A run, or a campaign for its runs, may ask that workers send again by themselves to those whose message failed.

ALTER TABLE campaigns ADD COLUMN retry_after_failure JSONB;
ALTER TABLE campaign_versions ADD COLUMN retry_after_failure JSONB;

ALTER TABLE runs
    -- Codes, how long after the last start, and how many times: {codes, afterMs, times}.
    ADD COLUMN retry_after_failure JSONB,
    -- Which turn made this run, counted from the first run of its family; 0: none, somebody started it.
    ADD COLUMN retry_turn INTEGER NOT NULL DEFAULT 0,
    -- When workers look next whether its turn has come; null: it was decided, or there is none.
    ADD COLUMN retry_at TIMESTAMPTZ(3),
    -- Of the worker that has it in hand, until retry_at.
    ADD COLUMN retry_claim UUID,
    -- What became of the turn after this run, and why; or, while that isn't decided, what it waits for.
    ADD COLUMN retry_outcome TEXT,
    ADD COLUMN retry_reason TEXT,
    ADD CONSTRAINT runs_retry_outcome_check CHECK (retry_outcome IN ('sent_again', 'nobody', 'stopped')),
    ADD CONSTRAINT runs_retry_decided_check CHECK (retry_outcome IS NULL OR retry_at IS NULL);

-- What workers look for every few seconds stays as small as the ended runs whose turn is to come. One that is paused isn't looked at.
CREATE INDEX runs_retry_idx ON runs (retry_at) WHERE retry_at IS NOT NULL AND finished_at IS NOT NULL AND paused_at IS NULL;
