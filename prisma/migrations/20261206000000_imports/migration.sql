-- Which import put a number on the list, so that all of it can be undone. None: it came otherwise.
ALTER TABLE suppressions ADD COLUMN import_id TEXT;
