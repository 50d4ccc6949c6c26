-- Batches of one recipient that go out by `broadcast/client`, without a file, and what the provider says of single messages.

ALTER TABLE "batches"
    ADD COLUMN "individual" BOOLEAN NOT NULL DEFAULT false,
    DROP CONSTRAINT "batches_file_check",
    -- Only an uploaded file is sent. A message has none: it is sent as it waits.
    ADD CONSTRAINT "batches_file_check" CHECK (CASE WHEN "individual"
        THEN "size" <= 1 AND "status" <> 'uploaded' AND "broadcast_file_id" IS NULL
        ELSE "status" NOT IN ('uploaded', 'sending', 'unknown', 'scheduled') OR "broadcast_file_id" IS NOT NULL END);

-- The provider's record of one message, as far as it is known: the answer to a message tells its id, a call-back its `message_id`.
CREATE TABLE "broadcast_logs" (
    "id" BIGSERIAL NOT NULL,
    "account" TEXT NOT NULL,
    "batch_id" TEXT NOT NULL,
    -- Gone once the run was purged.
    "phone_number" BIGINT,
    "broadcast_job_id" BIGINT,
    "broadcast_log_id" BIGINT,
    "message_id" TEXT,
    "status" TEXT NOT NULL,
    "status_at" TIMESTAMPTZ(3),
    "notes" TEXT,
    "sent_at" TIMESTAMPTZ(3),
    "variables" TEXT,
    "inferred" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "broadcast_logs_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "broadcast_logs_account_broadcast_log_id_key" ON "broadcast_logs"("account", "broadcast_log_id");
CREATE UNIQUE INDEX "broadcast_logs_message_id_key" ON "broadcast_logs"("message_id");
CREATE INDEX "broadcast_logs_batch_id_idx" ON "broadcast_logs"("batch_id");
CREATE INDEX "broadcast_logs_phone_number_idx" ON "broadcast_logs"("phone_number");
ALTER TABLE "broadcast_logs" ADD CONSTRAINT "broadcast_logs_batch_id_fkey" FOREIGN KEY ("batch_id") REFERENCES "batches"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
