-- The run whose recipients this one is sent to again, as their messages had failed or were never answered.
ALTER TABLE runs ADD COLUMN resend_of TEXT,
    ADD CONSTRAINT runs_resend_of_fkey FOREIGN KEY (resend_of) REFERENCES runs (id) ON DELETE RESTRICT ON UPDATE CASCADE;
-- Most runs are sent again by none.
CREATE INDEX runs_resend_of_idx ON runs (resend_of) WHERE resend_of IS NOT NULL;

-- A run, what it was sent again from, and everything that any of these was sent again as. `is_before`: the run itself, and those before it.
CREATE FUNCTION resend_family(of_run TEXT) RETURNS TABLE (id TEXT, number INTEGER, is_before BOOLEAN) LANGUAGE SQL STABLE
BEGIN ATOMIC
    WITH RECURSIVE before AS (
        SELECT r.id, r.resend_of FROM runs r WHERE r.id = of_run
        UNION ALL SELECT r.id, r.resend_of FROM runs r JOIN before b ON r.id = b.resend_of
    ), family AS (
        SELECT r.id, r.number FROM runs r JOIN before b ON b.id = r.id WHERE r.resend_of IS NULL
        UNION ALL SELECT r.id, r.number FROM runs r JOIN family f ON r.resend_of = f.id
    )
    SELECT f.id, f.number, f.id IN (SELECT b.id FROM before b) FROM family f;
END;

-- Whether another run of the family is still being filled: who is in it can't be told yet, and might be sent to twice.
CREATE FUNCTION is_being_resent(of_run TEXT, except_run TEXT) RETURNS BOOLEAN LANGUAGE SQL STABLE
BEGIN ATOMIC
    SELECT EXISTS (
        SELECT 1 FROM resend_family(of_run) f JOIN runs r ON r.id = f.id
        WHERE NOT f.is_before AND r.id IS DISTINCT FROM except_run AND r.drained_at IS NULL AND r.cancelled_at IS NULL);
END;
