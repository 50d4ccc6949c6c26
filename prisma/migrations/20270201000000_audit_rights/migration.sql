-- The audit log is appended to. The roles of programs need no right to change or remove an entry: what has to be done with one, a
-- function does that runs as the owner of the tables, and can do nothing else. As siaran.enqueue, they name Postgres's own functions first
-- and Siaran's tables with their schema, so that nothing that a caller has made is found in their place.

-- What came of an entry, once. Returns whether the entry was there without an outcome.
CREATE FUNCTION end_audit_entry(of_entry BIGINT, with_status INTEGER) RETURNS BOOLEAN
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE public.audit_entries SET status = with_status WHERE id = of_entry AND status IS NULL;
    RETURN FOUND;
END $$;

-- Removes up to 10,000 entries of days that ended longer ago than this, and adds an entry that tells so. Nothing younger than 30 days is
-- removed, whatever is asked for. By whole days (in UTC), so that in the long run there is one such entry a day. Returns how many went.
CREATE FUNCTION remove_old_audit_entries(older_than_ms BIGINT) RETURNS INTEGER
LANGUAGE plpgsql STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    kept CONSTANT INTERVAL := greatest(older_than_ms, 2592000000)::float8 * interval '1 millisecond';
    until CONSTANT TIMESTAMPTZ := date_trunc('day', clock_timestamp() - kept, 'UTC');
    removed INTEGER;
BEGIN
    DELETE FROM public.audit_entries
    WHERE id IN (SELECT e.id FROM public.audit_entries e WHERE e.at < until ORDER BY e.id LIMIT 10000);
    GET DIAGNOSTICS removed = ROW_COUNT;
    IF removed > 0 THEN
        -- The role that asked for it: by its login, which no SET ROLE hides.
        INSERT INTO public.audit_entries (actor, action, target, detail, status)
        VALUES ('Siaran', 'audit retention', '',
                jsonb_build_object('entries', removed, 'before', until, 'role', session_user), 200);
    END IF;
    RETURN removed;
END $$;

REVOKE ALL ON FUNCTION end_audit_entry(BIGINT, INTEGER), remove_old_audit_entries(BIGINT) FROM PUBLIC;

-- Roles that could do both by themselves may call the functions. Their own rights are taken by whoever gave them, once no program of the
-- version before is at work.
DO $$
DECLARE
    given RECORD;
BEGIN
    FOR given IN
        SELECT CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END AS role,
               CASE a.privilege_type WHEN 'UPDATE' THEN 'end_audit_entry(BIGINT, INTEGER)'
                                     ELSE 'remove_old_audit_entries(BIGINT)' END AS does
        FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a
        WHERE c.oid = 'audit_entries'::regclass AND a.grantee <> c.relowner AND a.privilege_type IN ('UPDATE', 'DELETE')
    LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %s', given.does, given.role);
    END LOOP;
END $$;

-- Programs of the version before still change entries themselves, and an owner of the tables always could: the trigger allows no more than
-- the functions do, whatever its caller's search path finds.
ALTER FUNCTION keep_audit_entry() SET search_path = pg_catalog, pg_temp;
