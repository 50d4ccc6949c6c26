-- The ledger. What Prisma's schema can't say stands here as CHECK constraints: they hold whatever the program does.

CREATE TABLE "accounts" (
    "name" TEXT NOT NULL,
    "unknown_streak" INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT "accounts_pkey" PRIMARY KEY ("name")
);

INSERT INTO "accounts" ("name") VALUES ('default');

CREATE TABLE "holds" (
    "account" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "failures" INTEGER NOT NULL DEFAULT 1,
    "held_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "probe_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),
    "lifted_at" TIMESTAMPTZ(3),
    CONSTRAINT "holds_pkey" PRIMARY KEY ("account", "kind")
);

CREATE TABLE "runs" (
    "id" TEXT NOT NULL,
    "key" TEXT,
    "name" TEXT NOT NULL,
    "account" TEXT NOT NULL,
    "template_detail_id" INTEGER NOT NULL,
    "columns" TEXT[],
    "separator" TEXT NOT NULL,
    "start_at" TIMESTAMPTZ(3),
    "flush_after_ms" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sealed_at" TIMESTAMPTZ(3),
    "paused_at" TIMESTAMPTZ(3),
    "cancelled_at" TIMESTAMPTZ(3),
    "drained_at" TIMESTAMPTZ(3),
    CONSTRAINT "runs_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "runs_separator_check" CHECK ("separator" IN (',', ';'))
);

CREATE TABLE "intakes" (
    "id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "generation" INTEGER NOT NULL,
    "blocks" INTEGER NOT NULL DEFAULT 0,
    "rows" INTEGER NOT NULL DEFAULT 0,
    "absorbed_to" INTEGER NOT NULL DEFAULT 0,
    "absorbed_rows" INTEGER NOT NULL DEFAULT 0,
    "duplicates" INTEGER NOT NULL DEFAULT 0,
    "opened_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "closed_at" TIMESTAMPTZ(3),
    "superseded_at" TIMESTAMPTZ(3),
    CONSTRAINT "intakes_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "batches" (
    "id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "account" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "size" INTEGER NOT NULL DEFAULT 0,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "opened_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "closed_at" TIMESTAMPTZ(3),
    "claim_number" INTEGER NOT NULL DEFAULT 0,
    "claim_token" UUID,
    "claim_expires_at" TIMESTAMPTZ(3),
    "uploads" INTEGER NOT NULL DEFAULT 0,
    "uploaded_at" TIMESTAMPTZ(3),
    "upload_answer" JSONB,
    "broadcast_file_id" BIGINT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "started_at" TIMESTAMPTZ(3),
    "scheduled_at" TIMESTAMPTZ(3),
    "broadcast_job_id" BIGINT,
    "broadcast_job" JSONB,
    "error" TEXT,
    CONSTRAINT "batches_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "batches_size_check" CHECK ("size" BETWEEN 0 AND 1000),
    CONSTRAINT "batches_status_check" CHECK ("status" IN ('pending', 'uploaded', 'sending', 'scheduled', 'failed', 'unknown', 'cancelled')),
    -- Only a closed batch leaves `pending`; only an uploaded file is sent; only a job id makes it `scheduled`.
    CONSTRAINT "batches_closed_check" CHECK ("status" = 'pending' OR "closed_at" IS NOT NULL),
    CONSTRAINT "batches_file_check" CHECK ("status" NOT IN ('uploaded', 'sending', 'unknown', 'scheduled') OR "broadcast_file_id" IS NOT NULL),
    CONSTRAINT "batches_job_check" CHECK ("status" <> 'scheduled' OR "broadcast_job_id" IS NOT NULL),
    CONSTRAINT "batches_sending_check" CHECK ("status" <> 'sending' OR ("claim_expires_at" IS NOT NULL AND "attempts" > 0))
);

CREATE TABLE "recipients" (
    "run_id" TEXT NOT NULL,
    "phone_number" TEXT NOT NULL,
    "batch_number" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "values" TEXT NOT NULL,
    CONSTRAINT "recipients_pkey" PRIMARY KEY ("run_id", "phone_number")
);

CREATE TABLE "attempts" (
    "id" BIGSERIAL NOT NULL,
    "batch_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "worker" TEXT NOT NULL,
    "broadcast_name" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3),
    "intended_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "answered_at" TIMESTAMPTZ(3),
    "outcome" TEXT,
    "http_status" INTEGER,
    "broadcast_job_id" BIGINT,
    "answer" JSONB,
    "error" TEXT,
    "extra" BOOLEAN NOT NULL DEFAULT false,
    CONSTRAINT "attempts_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "rejections" (
    "run_id" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "digest" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "rejections_pkey" PRIMARY KEY ("run_id", "source", "position", "digest")
);

CREATE UNIQUE INDEX "runs_key_key" ON "runs"("key");
CREATE INDEX "runs_created_at_idx" ON "runs"("created_at");
CREATE UNIQUE INDEX "intakes_run_id_source_generation_key" ON "intakes"("run_id", "source", "generation");
CREATE UNIQUE INDEX "batches_run_id_number_key" ON "batches"("run_id", "number");
CREATE INDEX "recipients_run_id_batch_number_idx" ON "recipients"("run_id", "batch_number");
CREATE UNIQUE INDEX "attempts_batch_id_number_key" ON "attempts"("batch_id", "number");

-- What reconcile looks for every few seconds stays as small as the work that is left.
CREATE INDEX "batches_unfinished_idx" ON "batches"("run_id", "number") WHERE "status" IN ('pending', 'uploaded', 'sending');
CREATE INDEX "runs_undrained_idx" ON "runs"("created_at") WHERE "drained_at" IS NULL;

ALTER TABLE "holds" ADD CONSTRAINT "holds_account_fkey" FOREIGN KEY ("account") REFERENCES "accounts"("name") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "runs" ADD CONSTRAINT "runs_account_fkey" FOREIGN KEY ("account") REFERENCES "accounts"("name") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "intakes" ADD CONSTRAINT "intakes_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "runs"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "batches" ADD CONSTRAINT "batches_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "runs"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "attempts" ADD CONSTRAINT "attempts_batch_id_fkey" FOREIGN KEY ("batch_id") REFERENCES "batches"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "rejections" ADD CONSTRAINT "rejections_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "runs"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- A run fills one batch at a time.
CREATE UNIQUE INDEX "batches_open_idx" ON "batches"("run_id") WHERE "closed_at" IS NULL;

-- What stops an account at the moment, by Postgres's clock.
CREATE VIEW "active_holds" AS
SELECT * FROM "holds" WHERE "lifted_at" IS NULL AND ("expires_at" IS NULL OR "expires_at" > clock_timestamp());
