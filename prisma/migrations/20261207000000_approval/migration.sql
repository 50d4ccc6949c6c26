-- Above so many people a run goes out only once somebody else than who started it has approved it as it is.

-- Of all runs through the account. Workers write it, from what they are told of the accounts.
ALTER TABLE accounts ADD COLUMN approval_above INTEGER CHECK (approval_above >= 0);

ALTER TABLE campaigns
    ADD COLUMN approval_above INTEGER CHECK (approval_above >= 0),
    -- Whether one approval is for all runs of a version; else each firing is approved.
    ADD COLUMN approve_once   BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE campaign_versions
    ADD COLUMN approval_above INTEGER,
    ADD COLUMN approve_once   BOOLEAN NOT NULL DEFAULT false;

-- Versions of campaigns of which all runs are approved.
CREATE TABLE campaign_approvals (
    campaign_id TEXT NOT NULL,
    version     INTEGER NOT NULL,
    approved_by TEXT NOT NULL,
    approved_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT campaign_approvals_pkey PRIMARY KEY (campaign_id, version),
    CONSTRAINT campaign_approvals_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaigns (id) ON DELETE RESTRICT ON UPDATE CASCADE
);

ALTER TABLE runs
    -- Who started it, as the audit log names people; of a campaign's run, whoever fired it or changed its campaign last.
    ADD COLUMN started_by     TEXT,
    -- The strictest of what its account, its campaign and its starter asked for as it was started; absent: none of them did.
    ADD COLUMN approval_above INTEGER CHECK (approval_above >= 0),
    -- As what it was approved last (approval_state), by whom, and when.
    ADD COLUMN approved_state TEXT,
    ADD COLUMN approved_by    TEXT,
    ADD COLUMN approved_at    TIMESTAMPTZ(3),
    -- As what it was told last that it waits for approval.
    ADD COLUMN approval_told  TEXT,
    ADD CONSTRAINT runs_approved_check CHECK (
        (approved_state IS NULL) = (approved_by IS NULL) AND (approved_state IS NULL) = (approved_at IS NULL));

-- What workers look for every few seconds.
CREATE INDEX runs_approval_idx ON runs (created_at) WHERE approval_above IS NOT NULL AND finished_at IS NULL;

-- Whoever starts a run, and with whatever configuration: what workers were told of its account counts.
CREATE FUNCTION stamp_approval() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    NEW.approval_above := least(NEW.approval_above, (SELECT approval_above FROM accounts WHERE name = NEW.account));
    -- What is whole from its beginning is one message.
    IF NEW.drained_at IS NOT NULL AND NEW.approval_above > 0 THEN
        NEW.approval_above := NULL;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER runs_come_stamped BEFORE INSERT ON runs FOR EACH ROW EXECUTE FUNCTION stamp_approval();

-- How many people are in a run so far: rows that were cut, without duplicates and those who were suppressed then. After a repair of the
-- ledger a batch may have people whom no intake counts.
CREATE FUNCTION people_of(of_run TEXT) RETURNS BIGINT LANGUAGE SQL STABLE
RETURN greatest(
    (SELECT coalesce(sum(i.absorbed_rows - i.duplicates - i.suppressed), 0)::bigint FROM intakes i WHERE i.run_id = of_run),
    (SELECT coalesce(sum(b.size), 0)::bigint FROM batches b WHERE b.run_id = of_run));

-- What is approved of a run: another text as soon as more people are in it, or anything of what is sent, when, and within which limits.
CREATE FUNCTION approval_state(run runs) RETURNS TEXT LANGUAGE SQL STABLE
RETURN left(encode(sha256(convert_to(jsonb_build_array(
    run.id, run.name, run.account, run.template_detail_id, run.columns, run.separator, run.value_policy, run.max_rejected,
    extract(epoch FROM run.start_at), run.time_zone, run.flush_after_ms, run.skip_missed, run.delivery, run.most_recipients,
    run.retry_after_failure, people_of(run.id))::text, 'UTF8')), 'hex'), 32);

-- What each version of a campaign asks for.
CREATE VIEW campaign_approvable AS
    SELECT id AS campaign_id, version, approve_once, changed_by FROM campaigns
    UNION ALL
    SELECT campaign_id, version, approve_once, changed_by FROM campaign_versions;

-- Whether somebody has approved the version of a campaign that a run is of.
CREATE FUNCTION is_of_approved_version(of_run TEXT) RETURNS BOOLEAN LANGUAGE SQL STABLE
RETURN EXISTS (
    SELECT 1 FROM firings f JOIN campaign_approvals a ON a.campaign_id = f.campaign_id AND a.version = f.version WHERE f.run_id = of_run);

-- Whether nothing of a run may go out before it is approved as it is now. How many people are in it is known only once it is sealed and
-- all of it is cut.
CREATE FUNCTION lacks_approval(run runs) RETURNS BOOLEAN LANGUAGE SQL STABLE
RETURN CASE
    WHEN run.approval_above IS NULL THEN false
    WHEN run.approval_above > 0 AND run.sealed_at IS NOT NULL AND run.drained_at IS NOT NULL AND people_of(run.id) <= run.approval_above
        THEN false
    WHEN run.approved_state = approval_state(run) THEN false
    ELSE NOT is_of_approved_version(run.id) END;

-- Whether a run waits for an approval, and nothing else is to come first: what is shown to an approver is all of it.
CREATE FUNCTION asks_for_approval(run runs) RETURNS BOOLEAN LANGUAGE SQL STABLE
RETURN CASE
    WHEN run.approval_above IS NULL OR run.sealed_at IS NULL OR run.drained_at IS NULL OR run.cancelled_at IS NOT NULL
        OR run.purged_at IS NOT NULL OR run.held_kind = 'preparing' THEN false
    ELSE lacks_approval(run) AND EXISTS (SELECT 1 FROM batches b WHERE b.run_id = run.id AND waits(b)) END;

-- As before; and nothing of a run that lacks an approval.
CREATE OR REPLACE FUNCTION numbers_going_out(run runs) RETURNS TABLE (first INTEGER, last INTEGER) LANGUAGE SQL STABLE
BEGIN ATOMIC
    SELECT CASE WHEN run.one_by_one THEN turn.number ELSE 1 END,
           least(turn.number, CASE WHEN run.held_kind = 'first' THEN 1 END, 2147483647)
    FROM (SELECT CASE WHEN run.one_by_one THEN batch_in_turn(run.id) END AS number) AS turn
    WHERE run.paused_at IS NULL AND run.cancelled_at IS NULL AND run.purged_at IS NULL
        AND (run.held_kind IS NULL OR run.held_kind = 'first')
        AND (run.approval_above IS NULL OR NOT lacks_approval(run));
END;
