-- Whether nothing of this batch of a run went out or ever will, as far as anybody can know: it was cancelled, or Qiscus refused it and nobody can
-- retry it any more. The batch 0 is of those who were left out; of a batch that was sent before they left it, they may have a message.
CREATE FUNCTION is_unsent_for_good(run runs, of_number INTEGER) RETURNS BOOLEAN LANGUAGE SQL STABLE
RETURN CASE WHEN of_number = 0
    THEN NOT EXISTS (SELECT 1 FROM batches b WHERE b.run_id = run.id AND b.attempts > 0 AND b.suppressed > 0)
    ELSE EXISTS (SELECT 1 FROM batches b WHERE b.run_id = run.id AND b.number = of_number AND NOT is_out(b)
        AND (b.status = 'cancelled' OR (b.status = 'failed' AND run.cancelled_at IS NOT NULL))) END;
