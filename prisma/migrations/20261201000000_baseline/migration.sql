-- Everything that Siaran keeps in Postgres, from the first table to the last trigger. Rules that Prisma's schema can't say stand here as
-- CHECK constraints: they hold whatever the program does. Instants are Postgres's own, in milliseconds.

------------------------------------------------------------------------------------------------------------------------------------
-- This database
------------------------------------------------------------------------------------------------------------------------------------

-- What others may call stands in a schema of its own: USAGE on it is the permission to hand rows in, and gives nothing else.
-- To create one takes a right that Siaran's role may lack; then somebody who has it creates it for that role beforehand.
DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = 'siaran') THEN
        CREATE SCHEMA siaran;
    END IF;
END $$;

-- Which database this is. One Redis prefix belongs to one database, and a restored database keeps its identity.
CREATE TABLE installation (
    id        UUID NOT NULL DEFAULT gen_random_uuid(),
    -- What blocks of recipients in Redis are signed with: whoever can write to Redis alone doesn't know it.
    block_key BYTEA NOT NULL,
    -- There is one row.
    is_only   BOOLEAN NOT NULL DEFAULT true,
    CONSTRAINT installation_pkey PRIMARY KEY (is_only),
    CONSTRAINT installation_is_only_check CHECK (is_only)
);
INSERT INTO installation (block_key) VALUES (sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));

------------------------------------------------------------------------------------------------------------------------------------
-- Accounts
------------------------------------------------------------------------------------------------------------------------------------

-- A Qiscus account that runs send through.
CREATE TABLE accounts (
    name           TEXT NOT NULL,
    -- The business portfolio at Meta whose daily limit it shares with the others of it; by default its own name. Workers write it, from
    -- what they are told of the accounts.
    portfolio      TEXT NOT NULL,
    -- How many of its latest sends ended without an answer.
    unknown_streak INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT accounts_pkey PRIMARY KEY (name)
);
INSERT INTO accounts (name, portfolio) VALUES ('default', 'default');

-- Why deliveries of an account stop. Lifting keeps the row, so that a hold that comes back at once backs off further.
CREATE TABLE holds (
    account    TEXT NOT NULL,
    -- refused, unreachable, rate_limited, unknowns or ledger_went_back.
    kind       TEXT NOT NULL,
    -- For people.
    reason     TEXT NOT NULL,
    -- In a row, as far as this hold remembers: each makes the next wait longer.
    failures   INTEGER NOT NULL DEFAULT 1,
    held_at    TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    -- When a worker tries the account again with one batch; absent of a hold that isn't tried.
    probe_at   TIMESTAMPTZ(3),
    -- When it ends by itself; absent of one that doesn't.
    expires_at TIMESTAMPTZ(3),
    lifted_at  TIMESTAMPTZ(3),
    CONSTRAINT holds_pkey PRIMARY KEY (account, kind),
    CONSTRAINT holds_account_fkey FOREIGN KEY (account) REFERENCES accounts (name) ON DELETE RESTRICT ON UPDATE CASCADE
);

------------------------------------------------------------------------------------------------------------------------------------
-- Runs, and what comes into them
------------------------------------------------------------------------------------------------------------------------------------

-- One sending: what to send, when, and with which columns. Its status is derived, never stored.
CREATE TABLE runs (
    id                 TEXT NOT NULL,
    -- Stands for the run in its recipients' rows, where each byte counts.
    number             SERIAL NOT NULL,
    -- The caller's: starting a run again with the same key completes it.
    key                TEXT,
    -- For people.
    name               TEXT NOT NULL,
    account            TEXT NOT NULL,
    -- Qiscus's.
    template_detail_id INTEGER NOT NULL,
    columns            TEXT[],
    separator          TEXT NOT NULL,
    -- What becomes of values that WhatsApp refuses.
    value_policy       TEXT NOT NULL DEFAULT 'reject',
    -- How many rejected rows it bears: a number, or as 1%. Nothing goes out before all are read.
    max_rejected       TEXT,
    start_at           TIMESTAMPTZ(3),
    -- Whose clock its start was written by; its instants are shown by it.
    time_zone          TEXT,
    -- A batch that isn't full goes out when its oldest recipient has waited as long.
    flush_after_ms     INTEGER,
    -- Pace, window, limits; how its messages are sent.
    delivery           JSONB NOT NULL,
    -- So many recipients it takes at most; absent: as many as there are.
    most_recipients    INTEGER,
    -- What can't be handed over in time, as nobody was there, isn't sent.
    skip_missed        BOOLEAN NOT NULL DEFAULT false,
    created_at         TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    -- All recipients are in.
    sealed_at          TIMESTAMPTZ(3),
    -- An operator's word.
    paused_at          TIMESTAMPTZ(3),
    cancelled_at       TIMESTAMPTZ(3),
    -- Sealed, and nothing left to cut into batches. What comes in afterwards clears it.
    drained_at         TIMESTAMPTZ(3),
    -- Its end was noted, and told. Work that comes up afterwards clears it.
    finished_at        TIMESTAMPTZ(3),
    -- Its recipients' numbers and values were removed; its counts, ids and attempts stay.
    purged_at          TIMESTAMPTZ(3),
    -- Uploaded batches wait until then: the next one would start too far ahead.
    hand_over_at       TIMESTAMPTZ(3),
    -- Why batches of this run don't go out although nobody paused it; since when.
    held_kind          TEXT,
    held_reason        TEXT,
    held_at            TIMESTAMPTZ(3),
    -- Blocks of it in Redis weren't as they were signed: why it is held, or will be once its present hold is lifted.
    unverified_reason  TEXT,
    -- Of an individual run: one message goes out at a time, until one was accepted.
    one_by_one         BOOLEAN NOT NULL DEFAULT false,
    -- Why it was given up before anything went out.
    failure            TEXT,
    -- What the spans of its steps belong to, whichever process makes them: a W3C traceparent. Absent while nobody traces.
    traceparent        TEXT,
    CONSTRAINT runs_pkey PRIMARY KEY (id),
    CONSTRAINT runs_account_fkey FOREIGN KEY (account) REFERENCES accounts (name) ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT runs_separator_check CHECK (separator IN (',', ';')),
    CONSTRAINT runs_value_policy_check CHECK (value_policy IN ('reject', 'clean', 'send')),
    CONSTRAINT runs_held_kind_check CHECK (held_kind IN ('preparing', 'first', 'balance', 'unknown', 'unverified')),
    CONSTRAINT runs_held_check CHECK ((held_kind IS NULL) = (held_reason IS NULL) AND (held_kind IS NULL) = (held_at IS NULL)),
    CONSTRAINT runs_unverified_check CHECK (held_kind <> 'unverified' OR unverified_reason IS NOT NULL)
);
-- One run a key, however many start it at the same time.
CREATE UNIQUE INDEX runs_key_key ON runs (key);
CREATE UNIQUE INDEX runs_number_key ON runs (number);
-- The latest runs first, page by page.
CREATE INDEX runs_created_at_idx ON runs (created_at);
-- What workers look for every few seconds stays as small as the work that is left: runs that may have something to cut ...
CREATE INDEX runs_undrained_idx ON runs (created_at) WHERE drained_at IS NULL;
-- ... and runs that may have ended.
CREATE INDEX runs_ending_idx ON runs (drained_at)
    WHERE finished_at IS NULL AND drained_at IS NOT NULL AND (sealed_at IS NOT NULL OR cancelled_at IS NOT NULL);

-- One producer's stream of rows into a run, in numbered blocks.
CREATE TABLE intakes (
    -- Random, as Redis knows it too: a ledger that goes back must not give it to another one.
    id            TEXT NOT NULL,
    run_id        TEXT NOT NULL,
    source        TEXT NOT NULL,
    -- Of its source; 0 for what is handed in within callers' transactions.
    generation    INTEGER NOT NULL,
    -- The promise: so many blocks with so many rows were pushed.
    blocks        INTEGER NOT NULL DEFAULT 0,
    rows          INTEGER NOT NULL DEFAULT 0,
    -- So far they stand in the ledger: the number of the last block, and the rows up to it, ...
    absorbed_to   INTEGER NOT NULL DEFAULT 0,
    absorbed_rows INTEGER NOT NULL DEFAULT 0,
    -- ... of which so many were in the run before, and so many on the suppression list.
    duplicates    INTEGER NOT NULL DEFAULT 0,
    suppressed    INTEGER NOT NULL DEFAULT 0,
    opened_at     TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    closed_at     TIMESTAMPTZ(3),
    -- The source was enqueued anew: its promise no longer counts.
    superseded_at TIMESTAMPTZ(3),
    CONSTRAINT intakes_pkey PRIMARY KEY (id),
    CONSTRAINT intakes_run_id_fkey FOREIGN KEY (run_id) REFERENCES runs (id) ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE UNIQUE INDEX intakes_run_id_source_generation_key ON intakes (run_id, source, generation);

-- Rows that a program hands in within its own transaction: they commit or roll back with it, and the chunker takes them from here.
-- No foreign key, whose lock on the run's row would make a pause or cancel wait for the caller's transaction.
CREATE TABLE handed_in (
    id         BIGSERIAL NOT NULL,
    run_id     TEXT NOT NULL,
    -- At most 1,000 objects keyed by column.
    rows       JSONB NOT NULL,
    row_count  INTEGER NOT NULL,
    -- Of the text that a worker would read. Postgres measures it, whoever has written the row, so that a worker knows what it may
    -- take without reading it.
    bytes      INTEGER NOT NULL GENERATED ALWAYS AS (octet_length(rows::text)) STORED,
    -- In this order blocks are taken, run by run.
    CONSTRAINT handed_in_pkey PRIMARY KEY (run_id, id),
    CONSTRAINT handed_in_rows_check CHECK (row_count BETWEEN 1 AND 1000 AND jsonb_array_length(rows) = row_count)
);
-- They stay for seconds: not worth Postgres's compression.
ALTER TABLE handed_in ALTER COLUMN rows SET STORAGE EXTERNAL;

-- Rows that were not taken. The digest of its content keeps each once, however often it is enqueued.
CREATE TABLE rejections (
    run_id     TEXT NOT NULL,
    source     TEXT NOT NULL,
    -- Within its source, from 1.
    position   INTEGER NOT NULL,
    digest     TEXT NOT NULL,
    reason     TEXT NOT NULL,
    -- When it was rejected last.
    created_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT rejections_pkey PRIMARY KEY (run_id, source, position, digest),
    CONSTRAINT rejections_run_id_fkey FOREIGN KEY (run_id) REFERENCES runs (id) ON DELETE RESTRICT ON UPDATE CASCADE
);

-- How many values of a column look like a mistake of one kind. Counted for each stream of recipients, so that a stream that is
-- enqueued again takes the place of what it was before.
CREATE TABLE doubtful_values (
    run_id   TEXT NOT NULL,
    source   TEXT NOT NULL,
    "column" TEXT NOT NULL,
    kind     TEXT NOT NULL,
    count    INTEGER NOT NULL,
    -- Shortened, its numbers masked; gone once the run was purged.
    example  TEXT NOT NULL,
    CONSTRAINT doubtful_values_pkey PRIMARY KEY (run_id, source, "column", kind),
    CONSTRAINT doubtful_values_run_id_fkey FOREIGN KEY (run_id) REFERENCES runs (id) ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT doubtful_values_count_check CHECK (count > 0)
);

-- Numbers that are never to be messaged again: one list for all accounts, since whoever opted out is to be left alone.
CREATE TABLE suppressions (
    -- An identity, as all numbers that are only compared: see src/domain/number-identity.ts.
    phone_number BIGINT NOT NULL,
    reason       TEXT NOT NULL,
    -- Who put it there: somebody of ours, or its owner.
    source       TEXT NOT NULL,
    added_at     TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT suppressions_pkey PRIMARY KEY (phone_number),
    CONSTRAINT suppressions_source_check CHECK (source IN ('operator', 'opt_out'))
);

------------------------------------------------------------------------------------------------------------------------------------
-- Batches, and what became of them
------------------------------------------------------------------------------------------------------------------------------------

-- At most 1,000 recipients of one run: one CSV file, one broadcast. Or one recipient and no file, if it is individual.
CREATE TABLE batches (
    -- The run's id, a hyphen, and its number.
    id                TEXT NOT NULL,
    run_id            TEXT NOT NULL,
    -- Its run's.
    account           TEXT NOT NULL,
    -- Within its run, from 1.
    number            INTEGER NOT NULL,
    -- How many recipients it has.
    size              INTEGER NOT NULL DEFAULT 0,
    -- How many were left out of it since it was cut, as they are suppressed.
    suppressed        INTEGER NOT NULL DEFAULT 0,
    -- Sent by broadcast/client, without a file.
    individual        BOOLEAN NOT NULL DEFAULT false,
    status            TEXT NOT NULL DEFAULT 'pending',
    opened_at         TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    -- When it was full, or its run sealed; absent while it is filled up.
    closed_at         TIMESTAMPTZ(3),
    -- The worker that has it in hand: how many claims there were, who has the latest one, and until when.
    claim_number      INTEGER NOT NULL DEFAULT 0,
    claim_token       UUID,
    claim_expires_at  TIMESTAMPTZ(3),
    -- How often its file was uploaded, or tried to be; when the latest one was taken, what Qiscus answered, and as which file.
    uploads           INTEGER NOT NULL DEFAULT 0,
    uploaded_at       TIMESTAMPTZ(3),
    upload_answer     JSONB,
    broadcast_file_id BIGINT,
    -- How often it was sent, or tried to be.
    attempts          INTEGER NOT NULL DEFAULT 0,
    -- When it was last sent, whatever came of it.
    handed_over_at    TIMESTAMPTZ(3),
    -- When its messages were to go out; absent: at once.
    started_at        TIMESTAMPTZ(3),
    -- The limit that moved its start away from what the run asked for.
    moved_by          TEXT,
    -- An operator wants it sent however late it is.
    may_be_late       BOOLEAN NOT NULL DEFAULT false,
    -- When it came to be known that Qiscus has accepted it; as which broadcast job, and all that the answer said of that.
    scheduled_at      TIMESTAMPTZ(3),
    broadcast_job_id  BIGINT,
    broadcast_job     JSONB,
    -- Callbacks settled it: it was sent, and no answer told as which broadcast job.
    sent_by_evidence  BOOLEAN NOT NULL DEFAULT false,
    -- Why it isn't sent, or isn't known to be.
    error             TEXT,
    CONSTRAINT batches_pkey PRIMARY KEY (id),
    CONSTRAINT batches_run_id_fkey FOREIGN KEY (run_id) REFERENCES runs (id) ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT batches_size_check CHECK (size BETWEEN 0 AND 1000),
    CONSTRAINT batches_status_check CHECK (status IN ('pending', 'uploaded', 'sending', 'scheduled', 'failed', 'unknown', 'cancelled')),
    -- Only a closed batch leaves `pending`.
    CONSTRAINT batches_closed_check CHECK (status = 'pending' OR closed_at IS NOT NULL),
    -- Only an uploaded file is sent. A message has none: it is sent as it waits.
    CONSTRAINT batches_file_check CHECK (CASE WHEN individual
        THEN size <= 1 AND status <> 'uploaded' AND broadcast_file_id IS NULL
        ELSE status NOT IN ('uploaded', 'sending', 'unknown', 'scheduled') OR broadcast_file_id IS NOT NULL END),
    CONSTRAINT batches_sending_check CHECK (status <> 'sending' OR (claim_expires_at IS NOT NULL AND attempts > 0)),
    -- Only a job id, or evidence, makes it `scheduled`.
    CONSTRAINT batches_job_check CHECK (status <> 'scheduled' OR broadcast_job_id IS NOT NULL OR sent_by_evidence),
    CONSTRAINT batches_evidence_check CHECK (NOT sent_by_evidence OR (status = 'scheduled' AND broadcast_job_id IS NULL))
);
CREATE UNIQUE INDEX batches_run_id_number_key ON batches (run_id, number);
-- A run fills one batch at a time.
CREATE UNIQUE INDEX batches_open_idx ON batches (run_id) WHERE closed_at IS NULL;
-- What workers look for every few seconds stays as small as the work that is left.
CREATE INDEX batches_unfinished_idx ON batches (run_id, number) WHERE status IN ('pending', 'uploaded', 'sending');
-- Of a run that goes one by one, what is being sent is asked for with every claim.
CREATE INDEX batches_sending_idx ON batches (run_id) WHERE status = 'sending';
-- Few or none, however long the history is: they are looked for at every scrape.
CREATE INDEX batches_unknown_idx ON batches (account) WHERE status = 'unknown';
-- Batches that were sent and whose recipients the ledger has lost. There are hardly ever any, and each call of siaran.enqueue looks
-- for them.
CREATE INDEX batches_empty_idx ON batches (run_id) WHERE size = 0 AND suppressed = 0 AND closed_at IS NOT NULL;
-- Which batches take their part of a daily limit, and when: those that were handed over, as far as anybody knows.
CREATE INDEX batches_handed_over_idx ON batches (account, (coalesce(started_at, handed_over_at)))
    WHERE status IN ('sending', 'unknown', 'scheduled');
-- Which broadcasts may be meant by a number alone, by when they began. A single message that was answered is left out: it has a log,
-- which is found by its number; a run of them would make this as long as the run.
CREATE INDEX batches_began_idx ON batches ((coalesce(started_at, handed_over_at)))
    WHERE status IN ('sending', 'unknown') OR (status = 'scheduled' AND NOT individual);

-- The rows of a batch, a line each: the JSON array of a recipient's number and the values of its other columns. They are only ever read
-- a batch at a time. A batch that was filled in several turns has several of these.
CREATE TABLE batch_rows (
    batch_id       TEXT NOT NULL,
    -- The place in the batch of the first of these lines, from 1.
    first_position INTEGER NOT NULL,
    lines          TEXT NOT NULL,
    CONSTRAINT batch_rows_pkey PRIMARY KEY (batch_id, first_position),
    CONSTRAINT batch_rows_batch_id_fkey FOREIGN KEY (batch_id) REFERENCES batches (id) ON DELETE RESTRICT ON UPDATE CASCADE
);
-- Postgres's own compression costs six times what writing the rows does, and saves a quarter of a recipient's bytes.
ALTER TABLE batch_rows ALTER COLUMN lines SET STORAGE EXTERNAL;

-- Which numbers a run has, and the batch that each is in. A recipient's row is two integers and a number of up to 15 digits, with one
-- index. No foreign keys: they would cost two look-ups a row, and all that belongs together is written in one transaction.
CREATE TABLE recipients (
    run_number   INTEGER NOT NULL,
    -- 0 if it was left out, as it is suppressed.
    batch_number INTEGER NOT NULL,
    -- An identity; the form that was given stands in the batch's rows.
    phone_number BIGINT NOT NULL,
    CONSTRAINT recipients_pkey PRIMARY KEY (run_number, phone_number)
);

-- What was tried and decided about a batch.
CREATE TABLE attempts (
    id               BIGSERIAL NOT NULL,
    batch_id         TEXT NOT NULL,
    -- Which send of its batch this is, or is about.
    number           INTEGER NOT NULL,
    -- send: the row is the intent, committed before the request is written; resolve: what an operator decided about a send; evidence:
    -- what callbacks settled.
    kind             TEXT NOT NULL DEFAULT 'send',
    -- That of the claim that made the send: an id may be given out again by a ledger that went back.
    token            UUID,
    -- Who sent it, or decided about it.
    worker           TEXT NOT NULL,
    broadcast_name   TEXT NOT NULL,
    -- When its messages were to go out; absent: at once.
    started_at       TIMESTAMPTZ(3),
    intended_at      TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    answered_at      TIMESTAMPTZ(3),
    -- scheduled, failed, not_sent or unknown; absent while there is no answer.
    outcome          TEXT,
    http_status      INTEGER,
    broadcast_job_id BIGINT,
    error            TEXT,
    -- Accepted although its batch had been settled otherwise: sent once more than wanted.
    extra            BOOLEAN NOT NULL DEFAULT false,
    -- Of a decision: what the operator wrote.
    reason           TEXT,
    -- Of a send: an operator found that it was not made; and so many reports of its messages were overruled by that.
    declared_unsent  BOOLEAN NOT NULL DEFAULT false,
    overruled        INTEGER NOT NULL DEFAULT 0,
    -- Of a decision: what callbacks told at that time, as {reported, of}.
    evidence         JSONB,
    CONSTRAINT attempts_pkey PRIMARY KEY (id),
    CONSTRAINT attempts_batch_id_fkey FOREIGN KEY (batch_id) REFERENCES batches (id) ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT attempts_kind_check CHECK (kind IN ('send', 'resolve', 'evidence'))
);
CREATE UNIQUE INDEX attempts_token_key ON attempts (token);
-- A decision may be corrected; a send is made once.
CREATE UNIQUE INDEX attempts_send_key ON attempts (batch_id, number) WHERE kind = 'send';
CREATE INDEX attempts_batch_id_number_idx ON attempts (batch_id, number);
CREATE INDEX attempts_extra_idx ON attempts (batch_id) WHERE extra;
-- Sends that the ledger doesn't count, and of which callbacks may come all the same. There are hardly ever any.
CREATE INDEX attempts_doubted_idx ON attempts ((coalesce(started_at, intended_at))) WHERE extra OR declared_unsent;

-- Qiscus's record of one message, as far as it is known: the answer to a message tells its id, a callback its message_id.
CREATE TABLE broadcast_logs (
    id               BIGSERIAL NOT NULL,
    account          TEXT NOT NULL,
    batch_id         TEXT NOT NULL,
    -- Which send of its batch it belongs to: of a batch that was sent again, callbacks may tell of both.
    send             INTEGER NOT NULL DEFAULT 1,
    -- An identity; gone once the run was purged.
    phone_number     BIGINT,
    broadcast_job_id BIGINT,
    broadcast_log_id BIGINT,
    message_id       TEXT,
    -- How far the message has come, since when, and why it came no further.
    status           TEXT NOT NULL,
    status_at        TIMESTAMPTZ(3),
    notes            TEXT,
    -- What the answer to the message itself said, which a callback may overrule, and which stands again if that is taken back.
    answer_status    TEXT,
    answer_notes     TEXT,
    sent_at          TIMESTAMPTZ(3),
    -- By the number and the time it belongs to this batch: nobody said so. When a callback first told of it: the broadcast began before.
    inferred         BOOLEAN NOT NULL DEFAULT false,
    first_at         TIMESTAMPTZ(3),
    CONSTRAINT broadcast_logs_pkey PRIMARY KEY (id),
    CONSTRAINT broadcast_logs_batch_id_fkey FOREIGN KEY (batch_id) REFERENCES batches (id) ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE UNIQUE INDEX broadcast_logs_account_broadcast_log_id_key ON broadcast_logs (account, broadcast_log_id);
CREATE UNIQUE INDEX broadcast_logs_message_id_key ON broadcast_logs (message_id);
CREATE INDEX broadcast_logs_batch_id_idx ON broadcast_logs (batch_id);
-- A number's log of one batch, and all of a number's logs.
CREATE INDEX broadcast_logs_phone_number_batch_id_idx ON broadcast_logs (phone_number, batch_id);

------------------------------------------------------------------------------------------------------------------------------------
-- Campaigns
------------------------------------------------------------------------------------------------------------------------------------

-- What to send, to whom, on which schedule: a template for runs. Its settings stand here under the number of their version.
CREATE TABLE campaigns (
    id                 TEXT NOT NULL,
    -- Its own among the campaigns that were not removed; it never changes.
    name               TEXT NOT NULL,
    -- Counts up with each change of its settings.
    version            INTEGER NOT NULL DEFAULT 1,
    -- Whoever added it, or changed it last.
    changed_by         TEXT,
    changed_at         TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    account            TEXT NOT NULL,
    template_detail_id INTEGER NOT NULL,
    columns            TEXT[],
    -- Which columns the heads of its audience stand for, and which heads are left out.
    column_map         JSONB NOT NULL,
    ignored_columns    TEXT[],
    separator          TEXT NOT NULL,
    -- What becomes of values that WhatsApp refuses.
    value_policy       TEXT NOT NULL DEFAULT 'reject',
    -- How many rejected rows a firing bears: a number, or as 1%.
    max_rejected       TEXT,
    -- Where its recipients come from: a file, a query or a function.
    audience           TEXT NOT NULL,
    -- Its schedule: a cron in a time zone, or a single instant.
    cron               TEXT,
    once_at            TIMESTAMPTZ(3),
    time_zone          TEXT,
    -- So long before an instant its audience is read.
    prepare_ahead_ms   BIGINT NOT NULL,
    -- What becomes of instants that nobody was there for.
    catch_up           TEXT NOT NULL,
    -- As that of a run.
    delivery           JSONB NOT NULL,
    created_at         TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    -- What was due until then is fired or skipped.
    decided_until      TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    -- Whether it fires instants that a campaign of its name decided about which was removed.
    fires_again        BOOLEAN NOT NULL DEFAULT false,
    paused_at          TIMESTAMPTZ(3),
    removed_at         TIMESTAMPTZ(3),
    CONSTRAINT campaigns_pkey PRIMARY KEY (id),
    CONSTRAINT campaigns_account_fkey FOREIGN KEY (account) REFERENCES accounts (name) ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT campaigns_separator_check CHECK (separator IN (',', ';')),
    CONSTRAINT campaigns_value_policy_check CHECK (value_policy IN ('reject', 'clean', 'send')),
    CONSTRAINT campaigns_catch_up_check CHECK (catch_up IN ('skip', 'latest', 'all')),
    CONSTRAINT campaigns_schedule_check CHECK ((cron IS NULL) <> (once_at IS NULL) AND (cron IS NULL OR time_zone IS NOT NULL))
);
-- A name is free again once its campaign was removed.
CREATE UNIQUE INDEX campaigns_name_idx ON campaigns (name) WHERE removed_at IS NULL;

-- What a campaign was before it was changed; columns as there.
CREATE TABLE campaign_versions (
    campaign_id        TEXT NOT NULL,
    version            INTEGER NOT NULL,
    changed_by         TEXT,
    changed_at         TIMESTAMPTZ(3) NOT NULL,
    account            TEXT NOT NULL,
    template_detail_id INTEGER NOT NULL,
    columns            TEXT[],
    column_map         JSONB NOT NULL,
    ignored_columns    TEXT[],
    separator          TEXT NOT NULL,
    value_policy       TEXT NOT NULL,
    max_rejected       TEXT,
    audience           TEXT NOT NULL,
    cron               TEXT,
    once_at            TIMESTAMPTZ(3),
    time_zone          TEXT,
    prepare_ahead_ms   BIGINT NOT NULL,
    catch_up           TEXT NOT NULL,
    delivery           JSONB NOT NULL,
    CONSTRAINT campaign_versions_pkey PRIMARY KEY (campaign_id, version),
    CONSTRAINT campaign_versions_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaigns (id) ON DELETE RESTRICT ON UPDATE CASCADE
);

-- Every instant of a campaign that was decided about: a run whose audience is read under a claim, or none. Its key makes one run of it,
-- however often it is decided.
CREATE TABLE firings (
    campaign_id      TEXT NOT NULL,
    at               TIMESTAMPTZ(3) NOT NULL,
    -- The campaign's. An instant is decided for a name: a campaign that was removed, and added again, doesn't fire it a second time.
    name             TEXT NOT NULL,
    -- Of the campaign, as it was decided with.
    version          INTEGER NOT NULL,
    -- preparing: the audience is read into the run; prepared: all of it is in; failed: it couldn't be read; skipped: no run.
    status           TEXT NOT NULL,
    run_id           TEXT,
    -- Why it was skipped or failed, or why nobody was in it.
    reason           TEXT,
    -- The worker that reads the audience, and until when.
    claim_token      UUID,
    claim_expires_at TIMESTAMPTZ(3),
    decided_at       TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    -- Another campaign of its name decided about this instant before. It is skipped for that, or fired as somebody insists on it.
    repeats          BOOLEAN NOT NULL DEFAULT false,
    -- Runs of this instant that were cancelled so that it could be fired anew, the first one first.
    replaced_runs    TEXT[],
    CONSTRAINT firings_pkey PRIMARY KEY (campaign_id, at),
    CONSTRAINT firings_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaigns (id) ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT firings_run_id_fkey FOREIGN KEY (run_id) REFERENCES runs (id) ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT firings_status_check CHECK (status IN ('preparing', 'prepared', 'failed', 'skipped')),
    CONSTRAINT firings_run_check CHECK ((status = 'skipped') = (run_id IS NULL))
);
CREATE UNIQUE INDEX firings_run_id_key ON firings (run_id);
-- Of a campaign's name there is one that doesn't repeat another for each instant.
CREATE UNIQUE INDEX firings_decided_idx ON firings (name, at) WHERE NOT repeats;
-- What workers look for every few seconds.
CREATE INDEX firings_preparing_idx ON firings (at) WHERE status = 'preparing';

------------------------------------------------------------------------------------------------------------------------------------
-- What is told and noted
------------------------------------------------------------------------------------------------------------------------------------

-- What the user's webhook is to be told: each row is written in the transaction that makes it true, and sent afterwards.
-- No foreign keys: triggers write it while they hold others' locks, and should take none themselves.
CREATE TABLE notices (
    id           UUID NOT NULL DEFAULT gen_random_uuid(),
    event        TEXT NOT NULL,
    run_id       TEXT,
    batch_id     TEXT,
    -- Set when it is an account that is held.
    account      TEXT,
    -- Of a hold: its kind and reason.
    detail       JSONB,
    created_at   TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    -- Tries that were begun; the latest one's number is its claim.
    attempts     INTEGER NOT NULL DEFAULT 0,
    next_try_at  TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    delivered_at TIMESTAMPTZ(3),
    given_up_at  TIMESTAMPTZ(3),
    -- Of the latest try that failed.
    error        TEXT,
    CONSTRAINT notices_pkey PRIMARY KEY (id),
    CONSTRAINT notices_event_check CHECK (
        (event = 'run.finished' AND run_id IS NOT NULL)
        OR (event = 'batch.unknown' AND run_id IS NOT NULL AND batch_id IS NOT NULL)
        OR (event = 'hold' AND detail IS NOT NULL AND (run_id IS NULL) <> (account IS NULL)))
);
-- What workers look for every few seconds.
CREATE INDEX notices_due_idx ON notices (next_try_at) WHERE delivered_at IS NULL AND given_up_at IS NULL;

-- What was changed through the admin, or of a campaign, by whom. A change is noted before it is made.
CREATE TABLE audit_entries (
    id     BIGSERIAL NOT NULL,
    at     TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    actor  TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    detail JSONB NOT NULL,
    -- That of the HTTP answer; absent while the change is being made.
    status INTEGER,
    CONSTRAINT audit_entries_pkey PRIMARY KEY (id)
);

------------------------------------------------------------------------------------------------------------------------------------
-- Functions and views: conditions that more than one statement asks for
------------------------------------------------------------------------------------------------------------------------------------

-- Which server this is. A host that doesn't let its users see it has one that is empty: copies are told apart by their names then.
CREATE FUNCTION server_identity() RETURNS TEXT LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT system_identifier::text FROM pg_control_system());
EXCEPTION WHEN insufficient_privilege OR undefined_function OR feature_not_supported THEN
    RETURN '';
END $$;

-- Of an account ----------------------------------------------------------------------------------------------------------------------

-- What stops an account at the moment, by Postgres's clock.
CREATE VIEW active_holds AS
SELECT * FROM holds WHERE lifted_at IS NULL AND (expires_at IS NULL OR expires_at > clock_timestamp());

-- Whether anything of an account may be delivered. `probing`: by one batch that finds out whether the account works again, which some
-- holds let through.
CREATE FUNCTION account_may_send(of_account TEXT, probing BOOLEAN) RETURNS BOOLEAN LANGUAGE SQL STABLE
RETURN NOT EXISTS (SELECT 1 FROM active_holds h WHERE h.account = of_account AND NOT (probing AND h.probe_at IS NOT NULL));

-- Of a batch. Postgres puts the bodies of these in the place of their calls, so that they can use indexes ------------------------------

-- Whether it isn't handed over yet.
CREATE FUNCTION waits(batch batches) RETURNS BOOLEAN LANGUAGE SQL IMMUTABLE
RETURN batch.status IN ('pending', 'uploaded');

-- Whether workers have anything to do with it yet.
CREATE FUNCTION is_unfinished(batch batches) RETURNS BOOLEAN LANGUAGE SQL IMMUTABLE
RETURN batch.status IN ('pending', 'uploaded', 'sending');

-- Whether it was handed over, as far as anybody knows: unknown sends count.
CREATE FUNCTION is_handed_over(batch batches) RETURNS BOOLEAN LANGUAGE SQL IMMUTABLE
RETURN batch.status IN ('sending', 'unknown', 'scheduled');

-- When its messages began to go out.
CREATE FUNCTION began_at(batch batches) RETURNS TIMESTAMPTZ LANGUAGE SQL IMMUTABLE
RETURN coalesce(batch.started_at, batch.handed_over_at);

-- Whether everybody of it was left out since it was cut, as they are suppressed.
CREATE FUNCTION is_emptied(batch batches) RETURNS BOOLEAN LANGUAGE SQL IMMUTABLE
RETURN batch.size = 0 AND batch.suppressed > 0;

-- Whether it was sent, and the ledger has lost to whom.
CREATE FUNCTION has_lost_recipients(batch batches) RETURNS BOOLEAN LANGUAGE SQL IMMUTABLE
RETURN batch.size = 0 AND batch.suppressed = 0 AND batch.closed_at IS NOT NULL;

-- Whether a worker may take it in hand: it is whole and waits, no other worker has it, and its next step is due. Uploading a file always
-- is; handing over may have to wait, and a probe doesn't. Whether its run and its account let it go out is said by may_go_out and
-- account_may_send.
CREATE FUNCTION may_be_claimed(batch batches, hand_over_at TIMESTAMPTZ, probing BOOLEAN) RETURNS BOOLEAN LANGUAGE SQL VOLATILE
RETURN waits(batch) AND batch.closed_at IS NOT NULL
    AND (batch.claim_expires_at IS NULL OR batch.claim_expires_at <= clock_timestamp())
    AND (probing OR (batch.status = 'pending' AND NOT batch.individual) OR hand_over_at IS NULL OR hand_over_at <= clock_timestamp());

-- Whether messages of it still go out, as far as is known: it isn't handed over, or its start lies ahead.
CREATE FUNCTION still_goes_out(batch batches) RETURNS BOOLEAN LANGUAGE SQL VOLATILE
RETURN is_unfinished(batch) OR (batch.status IN ('unknown', 'scheduled') AND batch.started_at > clock_timestamp());

-- Of a run ----------------------------------------------------------------------------------------------------------------------------

-- Of a run that goes one by one: the batch whose turn it is. One that is being sent is waited for.
CREATE FUNCTION batch_in_turn(of_run TEXT) RETURNS INTEGER LANGUAGE SQL STABLE
RETURN coalesce(
    (SELECT number FROM batches b WHERE run_id = of_run AND status = 'sending' LIMIT 1),
    (SELECT min(number) FROM batches b WHERE run_id = of_run AND is_unfinished(b)));

-- Which batches of a run may go out: those with numbers from `first` to `last`; no row if none may. Said once, for whoever claims, sends,
-- probes or looks for work.
CREATE FUNCTION numbers_going_out(run runs) RETURNS TABLE (first INTEGER, last INTEGER) LANGUAGE SQL STABLE
BEGIN ATOMIC
    SELECT CASE WHEN run.one_by_one THEN turn.number ELSE 1 END,
           least(turn.number, CASE WHEN run.held_kind = 'first' THEN 1 END, 2147483647)
    FROM (SELECT CASE WHEN run.one_by_one THEN batch_in_turn(run.id) END AS number) AS turn
    WHERE run.paused_at IS NULL AND run.cancelled_at IS NULL AND run.purged_at IS NULL
        AND (run.held_kind IS NULL OR run.held_kind = 'first');
END;

-- Whether a batch of this run may go out. For one batch: whoever looks at many asks waiting_runs, once a run.
CREATE FUNCTION may_go_out(run runs, batch_number INTEGER) RETURNS BOOLEAN LANGUAGE SQL STABLE
RETURN EXISTS (SELECT 1 FROM numbers_going_out(run) AS going WHERE batch_number BETWEEN going.first AND going.last);

-- Runs with batches that wait and that the run lets go out, and the numbers of those. Look at it in a CTE that is MATERIALIZED: what is
-- asked for once a run would else be asked for each batch.
CREATE VIEW waiting_runs AS
SELECT r.id, r.account, r.created_at, r.sealed_at, r.hand_over_at, going.first, going.last
FROM runs r CROSS JOIN numbers_going_out(r) AS going
WHERE EXISTS (SELECT 1 FROM batches b WHERE b.run_id = r.id AND waits(b));

-- Runs that are over, as far as they go by themselves: all that will be in them is cut, and workers have nothing to do with it any more.
-- A run goes on while rows wait that were handed in.
CREATE VIEW ended_runs AS
SELECT r.id, r.drained_at, r.finished_at FROM runs r
WHERE r.drained_at IS NOT NULL AND (r.sealed_at IS NOT NULL OR r.cancelled_at IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM batches b WHERE b.run_id = r.id AND is_unfinished(b))
    AND NOT EXISTS (SELECT 1 FROM handed_in h WHERE h.run_id = r.id);

-- Since when nothing can happen to a run any more by itself, and no operator has anything to settle: its last broadcast has begun.
CREATE VIEW run_ends AS
SELECT r.id AS run_id, greatest(r.drained_at, max(b.closed_at), max(b.scheduled_at), max(b.started_at)) AS ended_at
FROM ended_runs r LEFT JOIN batches b ON b.run_id = r.id
GROUP BY r.id, r.drained_at
HAVING bool_or(b.status = 'unknown') IS NOT TRUE;

-- Callbacks as evidence --------------------------------------------------------------------------------------------------------------

-- How many messages of a send callbacks have reported: the only place where it is said what counts as evidence. A function, as a
-- view that groups would be read whole for each batch.
CREATE FUNCTION reported(of_batch TEXT, of_send INTEGER) RETURNS INTEGER LANGUAGE SQL STABLE
RETURN (SELECT count(*)::int FROM broadcast_logs WHERE batch_id = of_batch AND send = of_send AND message_id IS NOT NULL);

-- Sends that Qiscus gave no clear answer to: of these callbacks tell what nothing else does.
CREATE VIEW unanswered_sends AS
SELECT batch_id, number, coalesce(started_at, intended_at) AS began_at, declared_unsent, overruled FROM attempts
WHERE kind = 'send' AND (outcome IS NULL OR outcome = 'unknown');

-- How much callbacks tell of a batch without a clear answer: of that of its sends of which they tell most.
CREATE FUNCTION reported_of_batch(of_batch TEXT) RETURNS INTEGER LANGUAGE SQL STABLE
RETURN (SELECT coalesce(max(reported(s.batch_id, s.number)), 0) FROM unanswered_sends s WHERE s.batch_id = of_batch);

-- Whether a batch waits to be sent again on an operator's word, and callbacks have told of what was called not sent, beyond what the
-- operator overruled. It isn't sent then.
CREATE FUNCTION is_contradicted(batch batches) RETURNS BOOLEAN LANGUAGE SQL STABLE
RETURN batch.attempts > 0 AND waits(batch)
    AND EXISTS (SELECT 1 FROM attempts s
        WHERE s.batch_id = batch.id AND s.kind = 'send' AND s.declared_unsent
            AND reported(s.batch_id, s.number) > s.overruled);

-- Whether the people of a batch were messaged, or may have been, or will be unless somebody stops it at Qiscus. Callbacks may tell of
-- a batch that was resolved as not sent: its people may have been messaged, and nobody fires them anew.
CREATE FUNCTION is_out(batch batches) RETURNS BOOLEAN LANGUAGE SQL STABLE
RETURN is_handed_over(batch)
    OR EXISTS (SELECT 1 FROM attempts a
        WHERE a.batch_id = batch.id AND (a.extra
            OR (a.declared_unsent AND reported(a.batch_id, a.number) > 0)));

-- Campaigns ---------------------------------------------------------------------------------------------------------------------------

-- Whether a run may be cancelled and its instant fired anew: nobody of it is out. Whoever cancelled a run doesn't want it fired anew,
-- unless it was given up as it failed; of one that was purged nothing tells any more who was messaged.
CREATE FUNCTION may_be_fired_anew(run runs) RETURNS BOOLEAN LANGUAGE SQL STABLE
RETURN run.purged_at IS NULL AND (run.cancelled_at IS NULL OR run.failure IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM batches b WHERE b.run_id = run.id AND is_out(b));

-- What a firing's audience is read by: the settings of the version that it was decided with.
CREATE VIEW campaign_audiences AS
    SELECT id AS campaign_id, version, columns, column_map, ignored_columns, audience FROM campaigns
    UNION ALL
    SELECT campaign_id, version, columns, column_map, ignored_columns, audience FROM campaign_versions;

------------------------------------------------------------------------------------------------------------------------------------
-- Callbacks
------------------------------------------------------------------------------------------------------------------------------------

-- How far a message has come. It never goes back, in whatever order that is told.
CREATE FUNCTION delivery_rank(status TEXT) RETURNS INTEGER LANGUAGE SQL IMMUTABLE
RETURN coalesce(array_position(ARRAY['scheduled', 'sent', 'failed', 'delivered', 'read'], status), 0);

-- Of callbacks, and answers to messages, that may be about the same message or number one waits for the other. Few locks,
-- whatever their number, as a callback may be about a thousand; taken in one order.
CREATE FUNCTION lock_messages(keys TEXT[]) RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(1667329122, place)
    FROM (SELECT DISTINCT hashtext(key) & 63 AS place FROM unnest(keys) AS key WHERE key IS NOT NULL ORDER BY place) AS places;
END $$;

-- Takes messages off logs that they were inferred to belong to. A log that only a callback made goes; what Qiscus gave a log id stays, as
-- the answer told it, without a message.
CREATE FUNCTION take_messages_away(log_ids BIGINT[]) RETURNS VOID LANGUAGE SQL
BEGIN ATOMIC
    DELETE FROM broadcast_logs WHERE id = ANY (log_ids) AND broadcast_log_id IS NULL;
    UPDATE broadcast_logs SET message_id = NULL, status = coalesce(answer_status, 'scheduled'), status_at = NULL, notes = answer_notes,
           inferred = false, first_at = NULL
    WHERE id = ANY (log_ids);
END;

-- A message has one log, and two tell of it, in any order: Qiscus's answer to the message brings a log id, and mostly the message id; a
-- callback brings the message id, from which the batch is inferred by the number and the time. Whoever puts the log of an answer in calls
-- this before, and lets what it returns go on in that log. How it stands then, and what is done:
--   no callback came:             no log has the message id. Returns null.
--   it is in already:              the log with the message id has this log id. Returns null, and nothing is put in.
--   a callback was first:         a log without a log id has the message id; or, if the answer names no message, one was inferred for
--                                  this number in this send of the batch. That log goes, and what it told is returned.
--   a callback was misunderstood: another answer's log has the message id, which was inferred to be its. That log stands again as its
--                                  own answer told, and what the callbacks told is returned.
CREATE FUNCTION take_early_log(of_account TEXT, of_batch TEXT, of_send INTEGER, of_number BIGINT, log_id BIGINT, of_message TEXT)
RETURNS broadcast_logs LANGUAGE plpgsql AS $$
DECLARE
    early broadcast_logs;
BEGIN
    -- Of a purged run nothing is known, and an answer without a log id brings no log that could be found again.
    IF of_number IS NULL OR log_id IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM lock_messages(ARRAY[of_number::text, of_message]);
    SELECT * INTO early FROM broadcast_logs l
    WHERE l.message_id = of_message
        OR (of_message IS NULL AND l.phone_number = of_number AND l.batch_id = of_batch AND l.send = of_send
            AND l.inferred AND l.broadcast_log_id IS NULL)
    ORDER BY l.id DESC LIMIT 1;
    IF NOT FOUND OR (early.account = of_account AND early.broadcast_log_id = log_id) THEN
        RETURN NULL;
    END IF;
    PERFORM take_messages_away(ARRAY[early.id]);
    RETURN early;
END $$;

------------------------------------------------------------------------------------------------------------------------------------
-- Notices. These are triggers as many statements make each of them true (seven settle a first batch), and none may forget to tell it.
------------------------------------------------------------------------------------------------------------------------------------

CREATE FUNCTION tell_unknown_batch() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO notices (event, run_id, batch_id) VALUES ('batch.unknown', NEW.run_id, NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER batches_become_unknown AFTER UPDATE OF status ON batches FOR EACH ROW
    WHEN (NEW.status = 'unknown' AND OLD.status <> 'unknown') EXECUTE FUNCTION tell_unknown_batch();
CREATE TRIGGER batches_come_unknown AFTER INSERT ON batches FOR EACH ROW
    WHEN (NEW.status = 'unknown') EXECUTE FUNCTION tell_unknown_batch();

-- A hold of an account that begins. Renewals and probes keep it as it is, and throttling is everyday.
CREATE FUNCTION tell_account_hold() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO notices (event, account, detail)
    VALUES ('hold', NEW.account, jsonb_build_object('kind', NEW.kind, 'reason', NEW.reason));
    RETURN NULL;
END $$;
CREATE TRIGGER holds_begin AFTER INSERT ON holds FOR EACH ROW
    WHEN (NEW.kind <> 'rate_limited' AND NEW.lifted_at IS NULL) EXECUTE FUNCTION tell_account_hold();
CREATE TRIGGER holds_begin_again AFTER UPDATE ON holds FOR EACH ROW
    WHEN (NEW.kind <> 'rate_limited' AND NEW.lifted_at IS NULL AND (OLD.lifted_at IS NOT NULL OR OLD.expires_at <= clock_timestamp()))
    EXECUTE FUNCTION tell_account_hold();

-- A run that is held for its first batch waits for a person only once that batch is settled, and only if more is to come. A first batch
-- of which nobody is left is settled too: else its run would wait unseen.
CREATE FUNCTION tell_first_batch(of_run TEXT) RETURNS VOID LANGUAGE sql AS $$
    INSERT INTO notices (event, run_id, detail)
    SELECT 'hold', r.id, jsonb_build_object('kind', r.held_kind, 'reason', r.held_reason)
    FROM runs r JOIN batches b ON b.run_id = r.id AND b.number = 1
    WHERE r.id = of_run AND r.held_kind = 'first' AND b.status IN ('scheduled', 'failed', 'unknown', 'cancelled')
        AND (r.drained_at IS NULL OR EXISTS (
            SELECT 1 FROM batches w WHERE w.run_id = r.id AND w.status IN ('pending', 'uploaded')))
$$;
CREATE FUNCTION tell_settled_first_batch() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tell_first_batch(NEW.run_id);
    RETURN NULL;
END $$;
CREATE TRIGGER batches_settle_first AFTER UPDATE OF status ON batches FOR EACH ROW
    WHEN (NEW.number = 1 AND OLD.status IN ('pending', 'uploaded', 'sending') AND NEW.status IN ('scheduled', 'failed', 'unknown', 'cancelled'))
    EXECUTE FUNCTION tell_settled_first_batch();

-- A run that is being prepared is held for that short time as a matter of course; that blocks of it are unverified is told where that is
-- found, whatever holds the run besides.
CREATE FUNCTION tell_run_hold() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.held_kind = 'first' THEN
        PERFORM tell_first_batch(NEW.id);
    ELSE
        INSERT INTO notices (event, run_id, detail)
        VALUES ('hold', NEW.id, jsonb_build_object('kind', NEW.held_kind, 'reason', NEW.held_reason));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER runs_become_held AFTER UPDATE OF held_kind ON runs FOR EACH ROW
    WHEN (NEW.held_kind NOT IN ('preparing', 'unverified') AND NEW.held_kind IS DISTINCT FROM OLD.held_kind) EXECUTE FUNCTION tell_run_hold();
CREATE TRIGGER runs_come_held AFTER INSERT ON runs FOR EACH ROW
    WHEN (NEW.held_kind <> 'preparing') EXECUTE FUNCTION tell_run_hold();

------------------------------------------------------------------------------------------------------------------------------------
-- What others may call
------------------------------------------------------------------------------------------------------------------------------------

-- Hands rows in within the caller's transaction. It runs with the rights of Siaran's own role. So it must find nothing but Postgres's own
-- functions and operators, whatever its caller has made in a schema that others look into or among temporary tables; Siaran's tables are
-- named with their schema.
CREATE FUNCTION siaran.enqueue(run_key TEXT, rows JSONB) RETURNS INTEGER
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    of_run RECORD;
    odd RECORD;
BEGIN
    -- The run isn't locked. What happens to it from here on is known to whoever takes the rows.
    SELECT r.id, r.number, r.most_recipients,
           (SELECT min(b.id) FROM public.batches b WHERE b.run_id = r.id AND public.has_lost_recipients(b)) AS empty_batch,
           CASE WHEN r.purged_at IS NOT NULL THEN 'RUN_PURGED'
                WHEN r.cancelled_at IS NOT NULL THEN 'RUN_CANCELLED'
                WHEN r.paused_at IS NOT NULL THEN 'RUN_PAUSED'
                WHEN r.held_kind = 'preparing' THEN 'RUN_PREPARING'
                WHEN r.sealed_at IS NOT NULL THEN 'RUN_COMPLETE' END AS refusal
    INTO of_run FROM public.runs r WHERE r.key = enqueue.run_key;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'SR404',
            MESSAGE = 'There is no run with the key ' || coalesce(to_json(run_key)::text, 'null') || '.',
            HINT = 'Start it first, and have that committed: startRun({ key, ... }) in the library, or siaran send --no-seal --key.';
    END IF;
    IF of_run.refusal IS NULL AND of_run.empty_batch IS NOT NULL THEN
        of_run.refusal := 'RUN_LOST_RECIPIENTS';
    END IF;
    -- Messages that go out one by one are a request each: a list of them has to be meant.
    IF of_run.refusal IS NULL AND of_run.most_recipients IS NOT NULL AND jsonb_typeof(rows) = 'array'
        AND (SELECT count(*) FROM public.recipients m WHERE m.run_number = of_run.number)
            + (SELECT coalesce(sum(h.row_count), 0) FROM public.handed_in h WHERE h.run_id = of_run.id)
            + jsonb_array_length(rows) > of_run.most_recipients THEN
        of_run.refusal := 'RUN_TOO_LARGE';
    END IF;
    IF of_run.refusal IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'SR409',
            DETAIL = of_run.refusal || ' ' || of_run.id,
            MESSAGE = CASE of_run.refusal
                WHEN 'RUN_PURGED' THEN 'The numbers and values of run ' || of_run.id || ' were removed; it takes none any more.'
                WHEN 'RUN_CANCELLED' THEN 'Run ' || of_run.id || ' is cancelled and takes no recipients.'
                WHEN 'RUN_PAUSED' THEN 'Run ' || of_run.id || ' is paused and takes no recipients; resume it first.'
                WHEN 'RUN_PREPARING' THEN 'Run ' || of_run.id || ' takes no rows from a transaction: all its rows are read before the first one goes out.'
                WHEN 'RUN_COMPLETE' THEN 'Run ' || of_run.id || ' is sealed; it takes no more recipients.'
                WHEN 'RUN_TOO_LARGE' THEN 'Run ' || of_run.id || ' would have more than '
                    || ltrim(to_char(of_run.most_recipients, '999,999,999')) || ' individual messages, a request each.'
                ELSE 'Run ' || of_run.id || ' takes no more recipients: batch ' || of_run.empty_batch
                    || ' was sent, and Postgres has lost who they were, so that they could be messaged again.' END,
            HINT = CASE of_run.refusal
                WHEN 'RUN_PAUSED' THEN 'siaran resume ' || of_run.id
                WHEN 'RUN_TOO_LARGE' THEN 'Send them in bulk; or start the run once more with the same key and force, if it is meant.'
                ELSE 'Start a run with another key, and hand the rows in there.' END;
    END IF;

    -- An aggregate over no rows is NULL: there is nothing to hand in.
    IF rows IS NULL THEN
        RETURN 0;
    END IF;
    IF jsonb_typeof(rows) <> 'array' THEN
        RAISE EXCEPTION USING ERRCODE = 'SR400',
            MESSAGE = 'rows must be a JSON array of objects keyed by column; it is of the type ' || jsonb_typeof(rows) || '.',
            HINT = 'Such as jsonb_agg(to_jsonb(t)), or jsonb_build_array(jsonb_build_object(''phone_number'', ...)).';
    END IF;
    SELECT element.position, jsonb_typeof(element.row) AS type INTO odd
    FROM jsonb_array_elements(rows) WITH ORDINALITY AS element(row, position)
    WHERE jsonb_typeof(element.row) <> 'object' ORDER BY element.position LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'SR400',
            MESSAGE = 'rows must be a JSON array of objects keyed by column; row ' || odd.position || ' is of the type ' || odd.type || '.',
            HINT = 'Such as jsonb_agg(to_jsonb(t)), or jsonb_build_array(jsonb_build_object(''phone_number'', ...)).';
    END IF;

    IF octet_length(rows::text) > 8000000 THEN
        RAISE EXCEPTION USING ERRCODE = 'SR400',
            MESSAGE = 'rows has ' || ltrim(to_char(octet_length(rows::text), '999,999,999,999')) || ' bytes as JSON; a call has at most 8,000,000 (8 MB).',
            HINT = 'Hand them in by several calls, in one transaction if need be.';
    END IF;
    SELECT element.position, octet_length(element.row::text) AS bytes INTO odd
    FROM jsonb_array_elements(rows) WITH ORDINALITY AS element(row, position)
    WHERE octet_length(element.row::text) > 1000000 ORDER BY element.position LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'SR400',
            MESSAGE = 'row ' || odd.position || ' has ' || ltrim(to_char(odd.bytes, '999,999,999,999')) || ' bytes as JSON; a row has at most 1,000,000 (1 MB).',
            HINT = 'Give only the columns of the run, with shorter values: a message has about a thousand characters.';
    END IF;

    -- Blocks of at most 1,000 rows, and of about a million characters, so that whoever takes one knows what it has to hold.
    INSERT INTO public.handed_in (run_id, rows, row_count)
    SELECT of_run.id, jsonb_agg(sized.row ORDER BY sized.position), count(*)
    FROM (
        SELECT measured.*, div(sum(characters) OVER (PARTITION BY thousand ORDER BY position), 1000000) AS million
        FROM (
            SELECT element.row, element.position, (element.position - 1) / 1000 AS thousand, length(element.row::text)::bigint AS characters
            FROM jsonb_array_elements(enqueue.rows) WITH ORDINALITY AS element(row, position)
        ) AS measured
    ) AS sized
    GROUP BY sized.thousand, sized.million ORDER BY sized.thousand, sized.million;
    RETURN jsonb_array_length(enqueue.rows);
END $$;
GRANT EXECUTE ON FUNCTION siaran.enqueue(TEXT, JSONB) TO PUBLIC;
