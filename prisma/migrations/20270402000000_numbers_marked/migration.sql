-- In the order in which workers take them.
LOCK TABLE batches IN SHARE ROW EXCLUSIVE MODE;

-- Who looks for a number asks each run of several batches by its primary key, which takes 5 µs. Of most of them a bit says that they haven't
-- the number: each number of a run has set the one that it falls on. A run of 1,001 sets one of 16, and one of more than 40,000 nearly all.
ALTER TABLE large_runs ADD COLUMN marks BIT(15991);
-- In the row itself, as all of them are read for each number.
ALTER TABLE large_runs ALTER COLUMN marks SET STORAGE PLAIN;
CREATE INDEX large_runs_unmarked_idx ON large_runs (run_number) WHERE marks IS NULL;

-- The bit that a number falls on. Their count is a prime, so that no order in the numbers shows. A digest in place of a number is negative.
CREATE FUNCTION mark_of(number BIGINT) RETURNS INTEGER LANGUAGE SQL IMMUTABLE PARALLEL SAFE
RETURN abs(number % 15991)::integer;

-- Whether a run has to be asked for a number. One without marks has.
CREATE FUNCTION may_have(run large_runs, number BIGINT) RETURNS BOOLEAN LANGUAGE SQL IMMUTABLE PARALLEL SAFE
RETURN coalesce(get_bit(run.marks, mark_of(number)) = 1, true);

-- A run that gets a batch may get numbers: its marks go, and whoever is making them waits for its lock, or keeps this waiting.
CREATE OR REPLACE FUNCTION note_large_run() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO large_runs (run_number) SELECT number FROM runs WHERE id = NEW.run_id
    ON CONFLICT (run_number) DO UPDATE SET marks = NULL WHERE large_runs.marks IS NOT NULL;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER batches_make_run_large AFTER INSERT ON batches FOR EACH ROW WHEN (NEW.number >= 2) EXECUTE FUNCTION note_large_run();

-- Somebody who is forgotten has a digest in place of the number. Marks or none, it waits for who is making them.
CREATE FUNCTION forget_marks() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    UPDATE large_runs SET marks = NULL WHERE run_number = NEW.run_number;
    RETURN NULL;
END $$;
CREATE TRIGGER recipients_forget_marks AFTER UPDATE OF phone_number ON recipients FOR EACH ROW EXECUTE FUNCTION forget_marks();
