-- An approval is of the whole digest. Who starts a run chooses what goes into it, so they could look for two runs of which half the
-- digest is the same.
CREATE OR REPLACE FUNCTION approval_state(run runs) RETURNS TEXT LANGUAGE SQL STABLE
RETURN encode(sha256(convert_to(jsonb_build_array(
    run.id, run.name, run.account, run.template_detail_id, run.columns, run.separator, run.value_policy, run.max_rejected,
    extract(epoch FROM run.start_at), run.time_zone, run.flush_after_ms, run.skip_missed, run.delivery, run.most_recipients,
    run.retry_after_failure, people_of(run.id))::text, 'UTF8')), 'hex');

-- What was approved, or told of, stays so, unless it had changed since.
UPDATE runs r SET approved_state = approval_state(r) WHERE approved_state IS NOT NULL AND approved_state = left(approval_state(r), 32);
UPDATE runs r SET approval_told = approval_state(r) WHERE approval_told IS NOT NULL AND approval_told = left(approval_state(r), 32);
