-- Some time after the last start of a run its results are told, once.

ALTER TABLE runs ADD COLUMN results_told_at TIMESTAMPTZ(3);

-- What ended before is no news any more.
UPDATE runs SET results_told_at = clock_timestamp() WHERE finished_at IS NOT NULL;

-- What workers look for stays as small as the runs whose results aren't told yet.
CREATE INDEX runs_results_idx ON runs (finished_at) WHERE finished_at IS NOT NULL AND results_told_at IS NULL;

ALTER TABLE notices
    DROP CONSTRAINT notices_event_check,
    ADD CONSTRAINT notices_event_check CHECK (
        (event IN ('run.finished', 'run.results') AND run_id IS NOT NULL)
        OR (event = 'batch.unknown' AND run_id IS NOT NULL AND batch_id IS NOT NULL)
        OR (event = 'hold' AND detail IS NOT NULL AND (run_id IS NULL) <> (account IS NULL)));
