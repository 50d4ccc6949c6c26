-- Stopping everything at once, and finding what needs a person among many runs.

-- A stop that stands: nothing of its account, or of any, goes out until it is lifted. It holds what is started later as well, and no run
-- or campaign changes for it: what was paused before stays paused once it is lifted.
CREATE TABLE stops (
    -- Its name; empty: every account, also one that comes later.
    account    TEXT NOT NULL,
    stopped_by TEXT NOT NULL,
    stopped_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT stops_pkey PRIMARY KEY (account)
);

-- What stops an account at the moment, by Postgres's clock. `account_may_send` asks this: nothing is claimed, probed or sent through a stop.
CREATE OR REPLACE VIEW active_holds AS
SELECT account, kind, reason, failures, held_at, probe_at, expires_at, lifted_at FROM holds
WHERE lifted_at IS NULL AND (expires_at IS NULL OR expires_at > clock_timestamp())
UNION ALL
SELECT a.name, CASE WHEN s.account = '' THEN 'stopped' ELSE 'account_stopped' END,
       CASE WHEN s.account = '' THEN 'everything' ELSE 'this account' END || ' was stopped by ' || s.stopped_by,
       1, s.stopped_at, NULL::timestamptz(3), NULL::timestamptz(3), NULL::timestamptz(3)
FROM stops s JOIN accounts a ON s.account IN ('', a.name);

-- A stop tells of itself as each hold of an account does.
CREATE FUNCTION tell_stop() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO notices (event, account, detail)
    SELECT 'hold', h.account, jsonb_build_object('kind', h.kind, 'reason', h.reason) FROM active_holds h
    WHERE CASE WHEN NEW.account = '' THEN h.kind = 'stopped' ELSE h.kind = 'account_stopped' AND h.account = NEW.account END;
    RETURN NULL;
END $$;
CREATE TRIGGER stops_begin AFTER INSERT ON stops FOR EACH ROW EXECUTE FUNCTION tell_stop();

-- Whether a program sent it as a single message: lists show these apart.
ALTER TABLE runs ADD COLUMN is_message BOOLEAN NOT NULL DEFAULT false;

-- What a person is asked to look at is few, however long the history is.
CREATE INDEX runs_broadcasts_idx ON runs (created_at, number) WHERE NOT is_message;
CREATE INDEX runs_held_idx ON runs (created_at) WHERE held_kind IS NOT NULL;
CREATE INDEX runs_cancelled_idx ON runs (created_at, number) WHERE cancelled_at IS NOT NULL;
CREATE INDEX batches_failed_idx ON batches (run_id) WHERE status = 'failed';
-- A column of its own, so that Postgres knows how few of them there are: of a comparison of two columns it supposes a third.
ALTER TABLE intakes ADD COLUMN is_short BOOLEAN NOT NULL GENERATED ALWAYS AS (rows > absorbed_rows) STORED;
CREATE INDEX intakes_short_idx ON intakes (run_id) WHERE is_short AND superseded_at IS NULL;
