-- What was done to one run is asked for in each approval, while the run is locked. By hash: a target can be longer than a B-tree takes.
CREATE INDEX audit_entries_target_idx ON audit_entries USING HASH (target);
