-- What a session was opened with: how and when its user showed who they are. Of sessions from before nobody knows it, so that their
-- users are asked again where it matters.
ALTER TABLE admin_sessions
    ADD COLUMN proven_at TIMESTAMPTZ(3),
    ADD COLUMN acr TEXT,
    ADD COLUMN amr TEXT[];
