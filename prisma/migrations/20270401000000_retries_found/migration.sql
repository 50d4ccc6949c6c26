-- Runs of which failures are to be sent again are looked for whatever else they are: by who resumes or cancels many runs at once, too.
DROP INDEX runs_retry_idx;
CREATE INDEX runs_retry_idx ON runs (retry_at) WHERE retry_at IS NOT NULL;
