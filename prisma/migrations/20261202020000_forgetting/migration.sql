-- People who asked to be forgotten. Their numbers, values and names are removed from every run. What stays of a number is a digest, in the
-- columns where the number stood: it is negative and has 19 digits, so that none is ever taken for a number.

-- What digests of numbers are made with. Whoever has a backup of the other tables alone can't try all numbers. A copy keeps it, as its
-- digests are worth nothing without it.
ALTER TABLE installation ADD COLUMN digest_key BYTEA NOT NULL
    DEFAULT sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
ALTER TABLE installation ALTER COLUMN digest_key DROP DEFAULT;

-- Who was forgotten, when, and by whom. Nobody whose digest stands here is ever messaged.
CREATE TABLE forgotten (
    digest       BIGINT NOT NULL,
    forgotten_by TEXT NOT NULL,
    forgotten_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    -- So many runs the number was taken out of, and so many logs of messages.
    runs         INTEGER NOT NULL DEFAULT 0,
    messages     INTEGER NOT NULL DEFAULT 0,
    -- Absent: a process ended half-way, or a batch with the number was being sent. The same command completes it.
    finished_at  TIMESTAMPTZ(3),
    CONSTRAINT forgotten_pkey PRIMARY KEY (digest),
    CONSTRAINT forgotten_digest_check CHECK (digest <= -4611686018427387904)
);

-- The key of digests; absent while nobody was forgotten, so that nothing has to be looked up. Whoever writes numbers asks for it in the
-- transaction that writes them: somebody who is forgotten meanwhile is found either by that transaction, or by whoever forgets them.
CREATE FUNCTION key_of_forgotten() RETURNS BYTEA LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(1667329125, 0);
    RETURN (SELECT digest_key FROM installation WHERE EXISTS (SELECT 1 FROM forgotten));
END $$;
