-- Programs that don't know this migration are too old for these tables, and refuse to start. A migration that programs of the
-- version before can't work with sets it to its own name; any other leaves it, and they go on while it is rolled out.
ALTER TABLE installation ADD COLUMN programs_know TEXT NOT NULL DEFAULT '20261217000000_older_programs';
ALTER TABLE installation ALTER COLUMN programs_know DROP DEFAULT;
