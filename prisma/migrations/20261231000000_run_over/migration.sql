-- Whether a run is over, whether a hold of its own stops it, which runs go on, and who is in no batch yet: each is said once.

-- Since when all that came of a sealed run is cut, although a producer isn't done: it is at work, or it died. What comes in afterwards
-- begins it anew.
ALTER TABLE runs ADD COLUMN cut_at TIMESTAMPTZ(3);

-- Runs that may have ended, those of a dead producer among them. They are as few as the work that is left.
DROP INDEX runs_ending_idx;
CREATE INDEX runs_ending_idx ON runs (created_at) WHERE finished_at IS NULL AND (sealed_at IS NOT NULL OR cancelled_at IS NOT NULL);

-- Whether all that will be in a run is cut, as far as can be told. A producer that died says nothing, so a sealed run waits five minutes
-- for one that brings nothing. If it brings more after all, the run goes on.
CREATE FUNCTION is_all_cut(run runs) RETURNS BOOLEAN LANGUAGE SQL STABLE
RETURN run.drained_at IS NOT NULL OR coalesce(run.cut_at <= now() - interval '5 minutes', false);

-- Runs that are over, as far as they go by themselves: all that will be in them is cut, and workers have nothing to do with it any more.
-- A run goes on while rows wait that were handed in.
CREATE OR REPLACE VIEW ended_runs AS
SELECT r.id, r.drained_at, r.finished_at, coalesce(r.drained_at, r.cut_at) AS cut_at FROM runs r
WHERE is_all_cut(r) AND (r.sealed_at IS NOT NULL OR r.cancelled_at IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM batches b WHERE b.run_id = r.id AND is_unfinished(b))
    AND NOT EXISTS (SELECT 1 FROM handed_in h WHERE h.run_id = r.id);

CREATE OR REPLACE VIEW run_ends AS
SELECT r.id AS run_id, greatest(r.cut_at, max(b.closed_at), max(b.scheduled_at), max(b.started_at)) AS ended_at
FROM ended_runs r LEFT JOIN batches b ON b.run_id = r.id
GROUP BY r.id, r.cut_at
HAVING bool_or(b.status = 'unknown') IS NOT TRUE;

-- Runs that workers aren't through with: few, however long the history is.
CREATE VIEW going_runs AS
SELECT run_id AS id FROM batches b WHERE is_unfinished(b)
UNION
SELECT run_id FROM handed_in
UNION
SELECT r.id FROM runs r WHERE r.drained_at IS NULL AND NOT is_all_cut(r);

-- Whether a hold of its own lets nothing more of a run go out before an operator lifts it: `first` only once the first batch is settled.
CREATE FUNCTION is_stopped(run runs) RETURNS BOOLEAN LANGUAGE SQL STABLE
RETURN CASE
    WHEN run.held_kind IS NULL OR run.held_kind = 'preparing' THEN false
    WHEN run.held_kind = 'first'
        THEN EXISTS (SELECT 1 FROM batches b WHERE b.run_id = run.id AND b.number = 1 AND NOT is_unfinished(b))
    ELSE true END;

-- People who are in no batch yet: promised by a producer, or handed in.
CREATE VIEW uncut_people AS
SELECT run_id, rows - absorbed_rows AS people FROM intakes WHERE is_short AND superseded_at IS NULL
UNION ALL
SELECT run_id, row_count FROM handed_in;

-- Whether Qiscus has a batch, or may have it, and its messages begin later.
CREATE FUNCTION starts_later(batch batches) RETURNS BOOLEAN LANGUAGE SQL STABLE
RETURN is_handed_over(batch) AND began_at(batch) > now();
