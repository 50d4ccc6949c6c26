-- Which server this is. A host that doesn't let its users see it has one that is empty: copies are told apart by their names then.
CREATE FUNCTION "server_identity"() RETURNS TEXT LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT system_identifier::text FROM pg_control_system());
EXCEPTION WHEN insufficient_privilege OR undefined_function OR feature_not_supported THEN
    RETURN '';
END $$;
