-- People who use the admin by name and password.
CREATE TABLE admin_users (
    name       TEXT NOT NULL,
    role       TEXT NOT NULL CHECK (role IN ('viewer', 'analyst', 'operator', 'approver', 'owner')),
    -- scrypt, with its parameters and salt.
    password   TEXT NOT NULL,
    created_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    -- Whoever is revoked comes in no more; the name stays theirs, as the audit log has it.
    revoked_at TIMESTAMPTZ(3),
    CONSTRAINT admin_users_pkey PRIMARY KEY (name)
);

-- What programs of a person come in with. The token itself was shown once, and stands nowhere.
CREATE TABLE admin_service_tokens (
    -- SHA-256 of the token, as hexadecimal digits. The first of them name it where tokens are listed.
    digest     TEXT NOT NULL,
    user_name  TEXT NOT NULL,
    label      TEXT NOT NULL,
    created_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    expires_at TIMESTAMPTZ(3) NOT NULL,
    -- To the minute.
    used_at    TIMESTAMPTZ(3),
    CONSTRAINT admin_service_tokens_pkey PRIMARY KEY (digest),
    CONSTRAINT admin_service_tokens_user_name_fkey FOREIGN KEY (user_name) REFERENCES admin_users (name) ON DELETE RESTRICT ON UPDATE CASCADE
);
