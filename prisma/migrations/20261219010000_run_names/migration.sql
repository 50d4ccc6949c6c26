-- Runs are found by any part of their name. Postgres's own extension for that may be added by whoever may create things in the database.
-- Where it isn't there, or may not be added, whatever the host says of that, lists by name read all runs, as before.
DO $$
DECLARE
    operators TEXT;
BEGIN
    BEGIN
        CREATE EXTENSION IF NOT EXISTS pg_trgm;
    EXCEPTION WHEN OTHERS THEN
        RAISE NOTICE 'pg_trgm: %', SQLERRM;
    END;
    SELECT format('%I.%I', n.nspname, c.opcname) INTO operators
    FROM pg_opclass c JOIN pg_namespace n ON n.oid = c.opcnamespace JOIN pg_am a ON a.oid = c.opcmethod
    WHERE c.opcname = 'gin_trgm_ops' AND a.amname = 'gin' AND has_schema_privilege(n.oid, 'USAGE');
    IF operators IS NOT NULL THEN
        -- What comes in waits in a list that each search reads: it stays short.
        EXECUTE format('CREATE INDEX runs_name_idx ON runs USING GIN (name %s) WITH (gin_pending_list_limit = 256)', operators);
    END IF;
END $$;
