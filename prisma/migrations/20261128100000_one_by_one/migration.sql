-- An individual run is held at the first message of which nobody knows whether it was sent, and tries its messages one by one
-- until one was accepted.
ALTER TABLE "runs"
    ADD COLUMN "one_by_one" BOOLEAN NOT NULL DEFAULT false,
    DROP CONSTRAINT "runs_held_kind_check",
    ADD CONSTRAINT "runs_held_kind_check" CHECK ("held_kind" IN ('preparing', 'first', 'balance', 'unknown'));

CREATE INDEX "batches_sending_idx" ON "batches"("run_id") WHERE "status" = 'sending';

-- Of a run that goes one by one: the batch whose turn it is. One that is being sent is waited for.
CREATE FUNCTION "batch_in_turn"("of_run" TEXT) RETURNS INTEGER LANGUAGE SQL STABLE
RETURN coalesce(
    (SELECT "number" FROM "batches" WHERE "run_id" = "of_run" AND "status" = 'sending' LIMIT 1),
    (SELECT min("number") FROM "batches" WHERE "run_id" = "of_run" AND "status" IN ('pending', 'uploaded', 'sending')));

-- Whether a batch of this run may go out at all. Said once, for whoever claims, sends, probes or looks for work.
CREATE OR REPLACE FUNCTION "may_go_out"("run" "runs", "batch_number" INTEGER) RETURNS BOOLEAN LANGUAGE SQL STABLE
RETURN ("run")."paused_at" IS NULL AND ("run")."cancelled_at" IS NULL AND ("run")."purged_at" IS NULL
    AND (("run")."held_kind" IS NULL OR (("run")."held_kind" = 'first' AND "batch_number" = 1))
    AND (NOT ("run")."one_by_one" OR "batch_number" = "batch_in_turn"(("run")."id"));
