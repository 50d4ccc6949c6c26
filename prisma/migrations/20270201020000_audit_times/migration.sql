-- An entry's time is when it is added, not when its transaction began: a role that may not write it could otherwise wait in one.
ALTER TABLE audit_entries ALTER COLUMN at SET DEFAULT clock_timestamp();
