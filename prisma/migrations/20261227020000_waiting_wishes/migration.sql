-- What somebody asked for of whom only a user id is told: it counts once the number of the id is known, and is kept for days only.
CREATE TABLE waiting_wishes (
    account   TEXT NOT NULL,
    user_id   TEXT NOT NULL,
    kind      TEXT NOT NULL,
    reference TEXT NOT NULL,
    -- As WhatsApp says.
    asked_at  TIMESTAMPTZ(3) NOT NULL,
    came_at   TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT waiting_wishes_pkey PRIMARY KEY (account, user_id, kind, reference),
    CONSTRAINT waiting_wishes_kind_check CHECK (kind IN ('preference', 'stop_word', 'resume'))
);
CREATE INDEX waiting_wishes_came_at_idx ON waiting_wishes (came_at);
