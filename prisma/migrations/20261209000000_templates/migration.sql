-- Templates as Qiscus told them last, or as somebody added them. They are no part of the ledger: what is lost here is asked for again.
CREATE TABLE templates (
    account TEXT NOT NULL,
    template_detail_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    category TEXT,
    approval TEXT NOT NULL CONSTRAINT templates_approval_check CHECK (approval IN ('approved', 'pending', 'rejected')),
    rejection_reason TEXT,
    channel_id INTEGER,
    namespace TEXT,
    -- What a list for it must have.
    columns TEXT[],
    header JSONB,
    body TEXT,
    footer TEXT,
    buttons JSONB NOT NULL,
    source TEXT NOT NULL CONSTRAINT templates_source_check CHECK (source IN ('qiscus', 'added')),
    told_at TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT templates_pkey PRIMARY KEY (account, template_detail_id)
);

-- When an account's templates were asked for last, and when Qiscus told them last.
CREATE TABLE template_lists (
    account TEXT NOT NULL,
    asked_at TIMESTAMPTZ(3) NOT NULL,
    told_at TIMESTAMPTZ(3),
    -- Why Qiscus didn't tell them when it was asked last.
    fault TEXT,
    CONSTRAINT template_lists_pkey PRIMARY KEY (account)
);
