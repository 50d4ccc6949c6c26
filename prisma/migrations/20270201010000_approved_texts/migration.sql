-- An approval is also of the text of the run's template, as far as it is known: what an approver is shown of it and a recipient sees.

-- Another text as soon as that has changed; absent: nobody has told it. What an address has behind its question mark is a signature,
-- which may be another one each time that it is told.
CREATE FUNCTION template_text_state(of_account TEXT, of_template INTEGER) RETURNS TEXT LANGUAGE SQL STABLE
RETURN (
    SELECT encode(sha256(convert_to(
        jsonb_build_array(t.name, t.language, t.header || jsonb_build_object('defaultValue', split_part(t.header ->> 'defaultValue', '?', 1)),
            t.body, t.footer, t.buttons)::text, 'UTF8')), 'hex')
    FROM templates t WHERE t.account = of_account AND t.template_detail_id = of_template AND t.body IS NOT NULL);

-- What is approved of a run itself, as approval_state was so far.
CREATE FUNCTION approved_settings(run runs) RETURNS TEXT LANGUAGE SQL STABLE
RETURN encode(sha256(convert_to(jsonb_build_array(
    run.id, run.name, run.account, run.template_detail_id, run.columns, run.separator, run.value_policy, run.max_rejected,
    extract(epoch FROM run.start_at), run.time_zone, run.flush_after_ms, run.skip_missed, run.delivery, run.most_recipients,
    run.retry_after_failure, people_of(run.id))::text, 'UTF8')), 'hex');

-- What is approved of a run: its own part, and that of its template's text behind a point, if it is known.
CREATE OR REPLACE FUNCTION approval_state(run runs) RETURNS TEXT LANGUAGE SQL STABLE
RETURN approved_settings(run) || coalesce('.' || template_text_state(run.account, run.template_detail_id), '');

-- Whether a text is the one that was approved. One that nobody knew then, or knows now, is taken for it.
CREATE FUNCTION is_approved_text(approved TEXT, run runs) RETURNS BOOLEAN LANGUAGE SQL STABLE
RETURN coalesce(nullif(approved, '') = template_text_state(run.account, run.template_detail_id), true);

-- The text that all runs of the version were approved with.
ALTER TABLE campaign_approvals ADD COLUMN template_text TEXT;

CREATE OR REPLACE FUNCTION is_of_approved_version(of_run TEXT) RETURNS BOOLEAN LANGUAGE SQL STABLE
RETURN EXISTS (
    SELECT 1 FROM firings f JOIN campaign_approvals a ON a.campaign_id = f.campaign_id AND a.version = f.version
        JOIN runs r ON r.id = f.run_id
    WHERE f.run_id = of_run AND is_approved_text(a.template_text, r));

-- As before, but for the template's text.
CREATE OR REPLACE FUNCTION lacks_approval(run runs) RETURNS BOOLEAN LANGUAGE SQL STABLE
RETURN CASE
    WHEN run.approval_above IS NULL THEN false
    WHEN run.approval_above > 0 AND run.sealed_at IS NOT NULL AND run.drained_at IS NOT NULL AND people_of(run.id) <= run.approval_above
        THEN false
    WHEN split_part(run.approved_state, '.', 1) = approved_settings(run)
        AND is_approved_text(split_part(run.approved_state, '.', 2), run) THEN false
    ELSE NOT is_of_approved_version(run.id) END;

-- Who has approved a run, or the version of its campaign, with another text of its template than that of now.
CREATE FUNCTION approver_of_other_text(run runs) RETURNS TEXT LANGUAGE SQL STABLE
RETURN CASE
    WHEN split_part(run.approved_state, '.', 1) = approved_settings(run)
        THEN CASE WHEN NOT is_approved_text(split_part(run.approved_state, '.', 2), run) THEN run.approved_by END
    ELSE (
        SELECT a.approved_by FROM firings f JOIN campaign_approvals a ON a.campaign_id = f.campaign_id AND a.version = f.version
        WHERE f.run_id = run.id AND NOT is_approved_text(a.template_text, run) LIMIT 1) END;

-- What was approved, or told of, is so with the text that is known now.
UPDATE campaign_approvals a SET template_text = template_text_state(v.account, v.template_detail_id)
FROM (
    SELECT id AS campaign_id, version, account, template_detail_id FROM campaigns
    UNION ALL SELECT campaign_id, version, account, template_detail_id FROM campaign_versions
) AS v WHERE v.campaign_id = a.campaign_id AND v.version = a.version;
UPDATE runs r SET approved_state = approval_state(r) WHERE finished_at IS NULL AND approved_state = approved_settings(r);
UPDATE runs r SET approval_told = approval_state(r) WHERE finished_at IS NULL AND approval_told = approved_settings(r);
