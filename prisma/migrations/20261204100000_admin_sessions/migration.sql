-- Browsers that are logged in to the admin. What a browser shows is a secret of which only a digest stands here.
CREATE TABLE admin_sessions (
    -- SHA-256 of the secret, as hexadecimal digits. The first of them name the session where sessions are listed.
    digest     TEXT NOT NULL,
    name       TEXT NOT NULL,
    -- What its user came in with: the session ends when that is taken away.
    credential TEXT NOT NULL,
    address    TEXT NOT NULL,
    opened_at  TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    -- When its user did something last, to the minute.
    used_at    TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT admin_sessions_pkey PRIMARY KEY (digest)
);
