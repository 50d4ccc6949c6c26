-- Campaigns and how a run is delivered: when each batch may start, and what holds a run back.

CREATE TABLE "campaigns" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "account" TEXT NOT NULL,
    "template_detail_id" INTEGER NOT NULL,
    "columns" TEXT[],
    "separator" TEXT NOT NULL,
    "audience" TEXT NOT NULL,
    "cron" TEXT,
    "once_at" TIMESTAMPTZ(3),
    "time_zone" TEXT,
    "prepare_ahead_ms" BIGINT NOT NULL,
    "catch_up" TEXT NOT NULL,
    "delivery" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "decided_until" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "paused_at" TIMESTAMPTZ(3),
    "removed_at" TIMESTAMPTZ(3),
    CONSTRAINT "campaigns_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "campaigns_separator_check" CHECK ("separator" IN (',', ';')),
    CONSTRAINT "campaigns_catch_up_check" CHECK ("catch_up" IN ('skip', 'latest', 'all')),
    -- A schedule is either a cron in a time zone or a single instant.
    CONSTRAINT "campaigns_schedule_check" CHECK (("cron" IS NULL) <> ("once_at" IS NULL) AND ("cron" IS NULL OR "time_zone" IS NOT NULL))
);
-- A name is free again once its campaign was removed.
CREATE UNIQUE INDEX "campaigns_name_idx" ON "campaigns"("name") WHERE "removed_at" IS NULL;
ALTER TABLE "campaigns" ADD CONSTRAINT "campaigns_account_fkey" FOREIGN KEY ("account") REFERENCES "accounts"("name") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Every instant of a campaign that was decided about. Its key makes one run of it, however often it is decided.
CREATE TABLE "firings" (
    "campaign_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "status" TEXT NOT NULL,
    "run_id" TEXT,
    "reason" TEXT,
    "claim_token" UUID,
    "claim_expires_at" TIMESTAMPTZ(3),
    "decided_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "firings_pkey" PRIMARY KEY ("campaign_id", "at"),
    CONSTRAINT "firings_status_check" CHECK ("status" IN ('preparing', 'prepared', 'failed', 'skipped')),
    CONSTRAINT "firings_run_check" CHECK (("status" = 'skipped') = ("run_id" IS NULL))
);
CREATE UNIQUE INDEX "firings_run_id_key" ON "firings"("run_id");
-- What is looked for every few seconds.
CREATE INDEX "firings_preparing_idx" ON "firings"("at") WHERE "status" = 'preparing';
ALTER TABLE "firings" ADD CONSTRAINT "firings_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaigns"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "firings" ADD CONSTRAINT "firings_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "runs"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- A WhatsApp channel whose daily limit is kept; its row is the lock under which starts are reserved.
CREATE TABLE "channels" (
    "account" TEXT NOT NULL,
    "id" INTEGER NOT NULL,
    CONSTRAINT "channels_pkey" PRIMARY KEY ("account", "id")
);
ALTER TABLE "channels" ADD CONSTRAINT "channels_account_fkey" FOREIGN KEY ("account") REFERENCES "accounts"("name") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "runs"
    ADD COLUMN "delivery" JSONB,
    ADD COLUMN "skip_missed" BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN "hand_over_at" TIMESTAMPTZ(3),
    ADD COLUMN "held_kind" TEXT,
    ADD COLUMN "held_reason" TEXT,
    ADD COLUMN "held_at" TIMESTAMPTZ(3),
    ADD COLUMN "failure" TEXT,
    ADD CONSTRAINT "runs_held_kind_check" CHECK ("held_kind" IN ('preparing', 'first', 'balance')),
    ADD CONSTRAINT "runs_held_check" CHECK (("held_kind" IS NULL) = ("held_reason" IS NULL) AND ("held_kind" IS NULL) = ("held_at" IS NULL));

-- Runs that are under way have none of these settings.
UPDATE "runs" SET "delivery" = '{}';
ALTER TABLE "runs" ALTER COLUMN "delivery" SET NOT NULL;

ALTER TABLE "batches"
    ADD COLUMN "channel_id" INTEGER,
    ADD COLUMN "handed_over_at" TIMESTAMPTZ(3),
    ADD COLUMN "moved_by" TEXT,
    ADD COLUMN "may_be_late" BOOLEAN NOT NULL DEFAULT false;

-- Which batches take their part of a channel's daily limit, and when: those that were handed over, as far as anybody knows.
CREATE INDEX "batches_channel_idx" ON "batches"("account", "channel_id", (coalesce("started_at", "handed_over_at")))
    WHERE "channel_id" IS NOT NULL AND "status" IN ('sending', 'unknown', 'scheduled');
CREATE INDEX "attempts_extra_idx" ON "attempts"("batch_id") WHERE "extra";

-- Whether a batch of this run may go out at all. Said once, for whoever claims, sends, probes or looks for work.
CREATE FUNCTION "may_go_out"("run" "runs", "batch_number" INTEGER) RETURNS BOOLEAN LANGUAGE SQL STABLE
RETURN ("run")."paused_at" IS NULL AND ("run")."cancelled_at" IS NULL AND ("run")."purged_at" IS NULL
    AND (("run")."held_kind" IS NULL OR (("run")."held_kind" = 'first' AND "batch_number" = 1));
