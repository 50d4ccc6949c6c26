-- Call-backs about the messages of a batch are evidence that it was sent. Nothing is evidence that it was not.

ALTER TABLE "batches"
    -- Call-backs settled it: it was sent, and no answer told as which broadcast job.
    ADD COLUMN "sent_by_evidence" BOOLEAN NOT NULL DEFAULT false,
    DROP CONSTRAINT "batches_job_check",
    ADD CONSTRAINT "batches_job_check" CHECK ("status" <> 'scheduled' OR "broadcast_job_id" IS NOT NULL OR "sent_by_evidence");

ALTER TABLE "attempts"
    -- Of a send: an operator found that it was not made; and said so although call-backs tell the opposite.
    ADD COLUMN "declared_unsent" BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN "despite_evidence" BOOLEAN NOT NULL DEFAULT false,
    -- Of a decision: what call-backs told at that time, as {reported, of}.
    ADD COLUMN "evidence" JSONB,
    DROP CONSTRAINT "attempts_kind_check",
    ADD CONSTRAINT "attempts_kind_check" CHECK ("kind" IN ('send', 'resolve', 'evidence'));

-- A decision may be corrected; a send is made once.
DROP INDEX "attempts_batch_id_number_kind_key";
CREATE UNIQUE INDEX "attempts_send_key" ON "attempts"("batch_id", "number") WHERE "kind" = 'send';
CREATE INDEX "attempts_batch_id_number_idx" ON "attempts"("batch_id", "number");

UPDATE "attempts" s SET "declared_unsent" = true
FROM "attempts" r
WHERE s."kind" = 'send' AND r."kind" = 'resolve' AND r."outcome" = 'not_sent' AND r."batch_id" = s."batch_id" AND r."number" = s."number";

-- Sends that the ledger doesn't count, and of which call-backs may come all the same. There are hardly ever any.
CREATE INDEX "attempts_doubted_idx" ON "attempts"((coalesce("started_at", "intended_at"))) WHERE "extra" OR "declared_unsent";

-- Which send of its batch a message belongs to: of a batch that was sent again, call-backs may tell of both.
ALTER TABLE "broadcast_logs" ADD COLUMN "send" INTEGER NOT NULL DEFAULT 1;
UPDATE "broadcast_logs" l SET "send" = b."attempts" FROM "batches" b WHERE b."id" = l."batch_id" AND b."attempts" > 1;

-- How many messages of each send call-backs have reported. The only place where it is said what counts as evidence.
CREATE VIEW "evidence" AS
SELECT "batch_id", "send", count(*)::int AS "reported" FROM "broadcast_logs" WHERE "message_id" IS NOT NULL GROUP BY "batch_id", "send";

-- Whether a batch waits to be sent again on an operator's word, against what call-backs have told since. It isn't sent then.
CREATE FUNCTION "is_contradicted"("batch" "batches") RETURNS BOOLEAN LANGUAGE SQL STABLE
RETURN ("batch")."attempts" > 0 AND ("batch")."status" IN ('pending', 'uploaded')
    AND EXISTS (SELECT 1 FROM "attempts" s
        WHERE s."batch_id" = ("batch")."id" AND s."number" = ("batch")."attempts" AND s."kind" = 'send'
            AND s."declared_unsent" AND NOT s."despite_evidence")
    AND EXISTS (SELECT 1 FROM "evidence" e WHERE e."batch_id" = ("batch")."id" AND e."send" = ("batch")."attempts");

-- What was told of an earlier send of a message says nothing of this one.
CREATE OR REPLACE FUNCTION "adopt_early_log"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
    "early" "broadcast_logs";
BEGIN
    PERFORM "lock_messages"(ARRAY[NEW."phone_number"::text, NEW."message_id"]);
    SELECT * INTO "early" FROM "broadcast_logs" l
    WHERE l."message_id" = NEW."message_id"
        OR (NEW."message_id" IS NULL AND l."phone_number" = NEW."phone_number" AND l."batch_id" = NEW."batch_id"
            AND l."send" = NEW."send" AND l."inferred" AND l."broadcast_log_id" IS NULL)
    ORDER BY "id" DESC LIMIT 1;
    IF NOT FOUND OR ("early"."account" = NEW."account" AND "early"."broadcast_log_id" = NEW."broadcast_log_id") THEN
        RETURN NEW;
    END IF;
    IF "early"."broadcast_log_id" IS NULL THEN
        DELETE FROM "broadcast_logs" WHERE "id" = "early"."id";
    ELSE
        -- Its message was taken for another one's.
        UPDATE "broadcast_logs" SET "message_id" = NULL, "status" = coalesce("answer_status", 'scheduled'), "status_at" = NULL,
               "notes" = "answer_notes", "inferred" = false, "first_at" = NULL
        WHERE "id" = "early"."id";
    END IF;
    NEW."inferred" := NEW."message_id" IS NULL;
    NEW."message_id" := "early"."message_id";
    NEW."first_at" := "early"."first_at";
    IF "delivery_rank"("early"."status") >= "delivery_rank"(NEW."status") THEN
        NEW."status" := "early"."status";
        NEW."status_at" := "early"."status_at";
        NEW."notes" := "early"."notes";
    END IF;
    RETURN NEW;
END $$;
