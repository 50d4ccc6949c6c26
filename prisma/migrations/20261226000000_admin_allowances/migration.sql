-- How often somebody has done what they may do so often within a time: logins that failed, look-ups of numbers. Kept here, so that
-- several processes count together.
CREATE TABLE admin_allowances (
    what TEXT NOT NULL,
    who TEXT NOT NULL,
    times INTEGER NOT NULL,
    ends_at TIMESTAMPTZ(3) NOT NULL,
    PRIMARY KEY (what, who)
);
CREATE INDEX admin_allowances_ends_at_idx ON admin_allowances (ends_at);
