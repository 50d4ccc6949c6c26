-- How often codes of a user were tried within a time: all processes count together.
ALTER TABLE admin_users
    ADD COLUMN totp_tries INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN totp_tries_until TIMESTAMPTZ(3);
