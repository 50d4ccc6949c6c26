-- Runs whose blocks in Redis weren't as they were signed: hardly ever any, and each look at the health of all asks for them.
CREATE INDEX runs_unverified_idx ON runs (created_at) WHERE unverified_reason IS NOT NULL;
