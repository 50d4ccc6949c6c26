-- As lock_messages, for callbacks that only carry messages further: they wait for those that look for messages, and those for them, but
-- none for another one of its like.
CREATE FUNCTION share_messages(keys TEXT[]) RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(1667329122, place)
    FROM (SELECT DISTINCT hashtext(key) & 63 AS place FROM unnest(keys) AS key WHERE key IS NOT NULL ORDER BY place) AS places;
END $$;
