-- The audit log: whom an entry is about, and entries that nobody changes afterwards.

-- Keyed digests of the phone numbers that an entry is about: it can be found by a number, and doesn't tell it.
ALTER TABLE audit_entries ADD COLUMN numbers BIGINT[];
CREATE INDEX audit_entries_numbers_idx ON audit_entries USING GIN (numbers);

-- An entry gets its outcome once. It goes when it is older than the shortest retention that can be set, and never sooner.
CREATE FUNCTION keep_audit_entry() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.at < clock_timestamp() - interval '720 hours' THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.status IS NULL AND NEW.status IS NOT NULL
        AND ROW(NEW.id, NEW.at, NEW.actor, NEW.action, NEW.target, NEW.detail, NEW.numbers)
            IS NOT DISTINCT FROM ROW(OLD.id, OLD.at, OLD.actor, OLD.action, OLD.target, OLD.detail, OLD.numbers) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'entries of the audit log are neither changed nor removed' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_entries_stay BEFORE UPDATE OR DELETE ON audit_entries FOR EACH ROW EXECUTE FUNCTION keep_audit_entry();
CREATE TRIGGER audit_entries_are_not_emptied BEFORE TRUNCATE ON audit_entries FOR EACH STATEMENT EXECUTE FUNCTION keep_audit_entry();
