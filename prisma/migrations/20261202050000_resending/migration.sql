-- The run whose recipients this one is sent to again, as their messages had failed or were never answered.
ALTER TABLE runs ADD COLUMN resend_of TEXT,
    ADD CONSTRAINT runs_resend_of_fkey FOREIGN KEY (resend_of) REFERENCES runs (id) ON DELETE RESTRICT ON UPDATE CASCADE;
-- Most runs are sent again by none.
CREATE INDEX runs_resend_of_idx ON runs (resend_of) WHERE resend_of IS NOT NULL;
