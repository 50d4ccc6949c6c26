-- People are invited, have a second factor, and may come in by a provider of OpenID Connect.
ALTER TABLE admin_users
    -- Absent: whoever was invited has set none yet, or comes in by OpenID Connect.
    ALTER COLUMN password DROP NOT NULL,
    -- In lower case. By it a provider's user is found at the first login, and by nothing else later than the subject.
    ADD COLUMN email TEXT,
    -- SHA-256 of the secret in the link that lets somebody set a password, once.
    ADD COLUMN invite_digest TEXT,
    ADD COLUMN invite_expires_at TIMESTAMPTZ(3),
    -- Encrypted with a key derived from the installation's. It counts once its user has confirmed it.
    ADD COLUMN totp_secret TEXT,
    ADD COLUMN totp_since TIMESTAMPTZ(3),
    -- The step of 30 s whose code was accepted last: neither it nor an earlier one is accepted again.
    ADD COLUMN totp_step BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN oidc_issuer TEXT,
    ADD COLUMN oidc_subject TEXT;
CREATE UNIQUE INDEX admin_users_email_key ON admin_users (email);
CREATE UNIQUE INDEX admin_users_invite_digest_key ON admin_users (invite_digest);
CREATE UNIQUE INDEX admin_users_oidc_issuer_oidc_subject_key ON admin_users (oidc_issuer, oidc_subject);

-- Each stands for one code of the second factor, once.
CREATE TABLE admin_recovery_codes (
    -- SHA-256 of the code, as hexadecimal digits.
    digest    TEXT NOT NULL,
    user_name TEXT NOT NULL,
    CONSTRAINT admin_recovery_codes_pkey PRIMARY KEY (digest),
    CONSTRAINT admin_recovery_codes_user_name_fkey FOREIGN KEY (user_name) REFERENCES admin_users (name) ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX admin_recovery_codes_user_name_idx ON admin_recovery_codes (user_name);

-- A user may have the name of a token of SIARAN_ADMIN_TOKEN: 'user' or 'token'; absent: the command line, the library or a worker.
ALTER TABLE audit_entries ADD COLUMN actor_kind TEXT;

CREATE OR REPLACE FUNCTION keep_audit_entry() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.at < clock_timestamp() - interval '720 hours' THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.status IS NULL AND NEW.status IS NOT NULL
        AND ROW(NEW.id, NEW.at, NEW.actor, NEW.actor_kind, NEW.action, NEW.target, NEW.detail, NEW.numbers)
            IS NOT DISTINCT FROM ROW(OLD.id, OLD.at, OLD.actor, OLD.actor_kind, OLD.action, OLD.target, OLD.detail, OLD.numbers) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'entries of the audit log are neither changed nor removed' USING ERRCODE = 'insufficient_privilege';
END $$;
