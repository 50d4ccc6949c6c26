-- Whether a run is over as it is shown, whether a hold of its own stops it, which runs go on, and who is in no batch yet: each is said once.

-- Whether nothing of a run is left to hand over, as it stands in the ledger: so it is shown, also before a worker has noted that it has
-- ended (ended_runs), or while a producer that has died keeps it from that. What waits in Redis isn't seen from here.
CREATE FUNCTION is_through(run runs) RETURNS BOOLEAN LANGUAGE SQL STABLE
RETURN (run.sealed_at IS NOT NULL OR run.cancelled_at IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM batches b WHERE b.run_id = run.id AND is_unfinished(b))
    AND NOT EXISTS (SELECT 1 FROM handed_in h WHERE h.run_id = run.id);

-- Runs that workers aren't through with: few, however long the history is.
CREATE VIEW going_runs AS
SELECT run_id AS id FROM batches b WHERE is_unfinished(b)
UNION
SELECT id FROM runs WHERE drained_at IS NULL;

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
