-- A broadcast that somebody is making. Nothing of it is in a run before it is confirmed.
CREATE TABLE drafts (
    id                 UUID PRIMARY KEY,
    name               TEXT NOT NULL,
    created_by         TEXT NOT NULL,
    created_at         TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at         TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    -- Rises with each change; whoever changes it names the version that they saw.
    version            INTEGER NOT NULL DEFAULT 1,
    -- open: it can be changed; preparing: a worker reads its rows into its run; started: all of them are in; failed: its run was given up.
    state              TEXT NOT NULL DEFAULT 'open',
    -- Its recipients: an audience that the configuration names, or a file.
    audience           TEXT,
    upload_id          UUID,
    file_name          TEXT,
    -- NULL: whoever uploads it does not know.
    file_bytes         BIGINT,
    received_bytes     BIGINT NOT NULL DEFAULT 0,
    is_complete        BOOLEAN NOT NULL DEFAULT false,
    -- Of the source's columns.
    heads              TEXT[],
    account            TEXT,
    template_detail_id INTEGER,
    -- The head of the source for each column of the template.
    mapping            JSONB NOT NULL,
    settings           JSONB NOT NULL,
    -- What the rows came to when they were read last, if nothing was changed since; or why they could not be read.
    checked            JSONB,
    check_fault        TEXT,
    -- Of the check that is under way, and how far it is. Without a beat for some seconds its process has died.
    check_token        UUID,
    check_beat_at      TIMESTAMPTZ(3),
    check_rows         BIGINT NOT NULL DEFAULT 0,
    check_bytes        BIGINT NOT NULL DEFAULT 0,
    run_id             TEXT,
    confirmed_by       TEXT,
    confirmed_at       TIMESTAMPTZ(3),
    -- Of the worker that reads its rows into the run.
    claim_token        UUID,
    claim_expires_at   TIMESTAMPTZ(3),
    CONSTRAINT drafts_run_id_fkey FOREIGN KEY (run_id) REFERENCES runs (id) ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT drafts_state_check CHECK (state IN ('open', 'preparing', 'started', 'failed')),
    CONSTRAINT drafts_run_check CHECK ((state = 'open') = (run_id IS NULL)),
    CONSTRAINT drafts_source_check CHECK (audience IS NULL OR upload_id IS NULL)
);
-- A draft has one run, and a run one draft.
CREATE UNIQUE INDEX drafts_run_id_key ON drafts (run_id);
CREATE INDEX drafts_updated_at_idx ON drafts (updated_at);
CREATE INDEX drafts_preparing_idx ON drafts (confirmed_at) WHERE state = 'preparing';

-- The file of a draft, in pieces that follow each other.
CREATE TABLE draft_parts (
    upload_id UUID NOT NULL,
    draft_id  UUID NOT NULL,
    -- Where in the file it begins, in bytes.
    starts_at BIGINT NOT NULL,
    content   BYTEA NOT NULL,
    CONSTRAINT draft_parts_pkey PRIMARY KEY (upload_id, starts_at),
    CONSTRAINT draft_parts_draft_id_fkey FOREIGN KEY (draft_id) REFERENCES drafts (id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX draft_parts_draft_id_idx ON draft_parts (draft_id);
-- What is packed already, or is packed at each reading, gains nothing.
ALTER TABLE draft_parts ALTER COLUMN content SET STORAGE EXTERNAL;

-- The mapping that was confirmed last for a template: the next draft begins with it.
CREATE TABLE draft_mappings (
    account            TEXT NOT NULL,
    template_detail_id INTEGER NOT NULL,
    mapping            JSONB NOT NULL,
    CONSTRAINT draft_mappings_pkey PRIMARY KEY (account, template_detail_id)
);
