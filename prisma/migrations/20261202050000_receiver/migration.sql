-- A message's log is written three or four times: as it is sent, delivered and read. Room on its page for that leaves its indexes as
-- they are, which is most of what an update costs.
ALTER TABLE broadcast_logs SET (fillfactor = 70);

-- Which number a business-scoped user id stands for, as callbacks of an account told last: some statuses tell the id only.
CREATE TABLE user_ids (
    account      TEXT NOT NULL,
    user_id      TEXT NOT NULL,
    -- An identity.
    phone_number BIGINT NOT NULL,
    learnt_at    TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT user_ids_pkey PRIMARY KEY (account, user_id)
);
-- Who searches for a person by the id knows no account.
CREATE INDEX user_ids_user_id_idx ON user_ids (user_id);

-- Statuses of messages that nobody could place, as their user id's number isn't known: they are placed once it is, and kept for days
-- only.
CREATE TABLE waiting_statuses (
    account    TEXT NOT NULL,
    message_id TEXT NOT NULL,
    status     TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    status_at  TIMESTAMPTZ(3),
    notes      TEXT,
    code       INTEGER,
    opted_out  BOOLEAN NOT NULL,
    came_at    TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT waiting_statuses_pkey PRIMARY KEY (account, message_id, status)
);
CREATE INDEX waiting_statuses_account_user_id_idx ON waiting_statuses (account, user_id);
CREATE INDEX waiting_statuses_came_at_idx ON waiting_statuses (came_at);

-- Who opted out, and by what: each source counts once, so that an operator can undo what came of it. Callbacks are not signed, and a
-- forged one could empty a company's lists: beyond a bound they are held until an operator decides.
CREATE TABLE opt_outs (
    id           BIGSERIAL NOT NULL,
    account      TEXT NOT NULL,
    -- An identity.
    phone_number BIGINT NOT NULL,
    -- status: a message failed with 131050; preference; stop_word.
    kind         TEXT NOT NULL,
    -- The message's id, or the instant of a preference.
    reference    TEXT NOT NULL,
    batch_id     TEXT,
    came_at      TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    held         BOOLEAN NOT NULL,
    undone_at    TIMESTAMPTZ(3),
    CONSTRAINT opt_outs_pkey PRIMARY KEY (id),
    CONSTRAINT opt_outs_kind_check CHECK (kind IN ('status', 'preference', 'stop_word'))
);
CREATE UNIQUE INDEX opt_outs_account_phone_number_kind_reference_key ON opt_outs (account, phone_number, kind, reference);
CREATE INDEX opt_outs_account_came_at_idx ON opt_outs (account, came_at);
CREATE INDEX opt_outs_phone_number_idx ON opt_outs (phone_number);
CREATE INDEX opt_outs_held_idx ON opt_outs (account) WHERE held;
