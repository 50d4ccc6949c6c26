-- Call-backs about the messages of a batch are evidence that it was sent. Nothing is evidence that it was not.

ALTER TABLE "batches"
    -- Call-backs settled it: it was sent, and no answer told as which broadcast job.
    ADD COLUMN "sent_by_evidence" BOOLEAN NOT NULL DEFAULT false,
    DROP CONSTRAINT "batches_job_check",
    ADD CONSTRAINT "batches_job_check" CHECK ("status" <> 'scheduled' OR "broadcast_job_id" IS NOT NULL OR "sent_by_evidence"),
    ADD CONSTRAINT "batches_evidence_check" CHECK (NOT "sent_by_evidence" OR ("status" = 'scheduled' AND "broadcast_job_id" IS NULL));

ALTER TABLE "attempts"
    -- Of a send: an operator found that it was not made; and so many reports of its messages were overruled by that.
    ADD COLUMN "declared_unsent" BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN "overruled" INTEGER NOT NULL DEFAULT 0,
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
WHERE s."kind" = 'send' AND r."kind" = 'resolve' AND r."outcome" = 'not_sent' AND r."batch_id" = s."batch_id" AND r."number" = s."number"
    -- A late answer may have settled it since.
    AND NOT (s."outcome" IS NOT DISTINCT FROM 'scheduled' AND NOT s."extra");

-- Sends that the ledger doesn't count, and of which call-backs may come all the same. There are hardly ever any.
CREATE INDEX "attempts_doubted_idx" ON "attempts"((coalesce("started_at", "intended_at"))) WHERE "extra" OR "declared_unsent";

-- Which send of its batch a message belongs to: of a batch that was sent again, call-backs may tell of both.
ALTER TABLE "broadcast_logs" ADD COLUMN "send" INTEGER NOT NULL DEFAULT 1;
UPDATE "broadcast_logs" l SET "send" = b."attempts" FROM "batches" b WHERE b."id" = l."batch_id" AND b."attempts" > 1;

-- How many messages of a send call-backs have reported: the only place where it is said what counts as evidence. A function, as a
-- view that groups would be read whole for each batch.
CREATE FUNCTION "reported"("of_batch" TEXT, "of_send" INTEGER) RETURNS INTEGER LANGUAGE SQL STABLE
RETURN (SELECT count(*)::int FROM "broadcast_logs" WHERE "batch_id" = "of_batch" AND "send" = "of_send" AND "message_id" IS NOT NULL);

-- Sends that Qiscus gave no clear answer to: of these call-backs tell what nothing else does.
CREATE VIEW "unanswered_sends" AS
SELECT "batch_id", "number", coalesce("started_at", "intended_at") AS "began_at", "declared_unsent", "overruled" FROM "attempts"
WHERE "kind" = 'send' AND ("outcome" IS NULL OR "outcome" = 'unknown');

-- How much call-backs tell of a batch without a clear answer: of that of its sends of which they tell most.
CREATE FUNCTION "reported_of_batch"("of_batch" TEXT) RETURNS INTEGER LANGUAGE SQL STABLE
RETURN (SELECT coalesce(max("reported"(s."batch_id", s."number")), 0) FROM "unanswered_sends" s WHERE s."batch_id" = "of_batch");

-- Whether a batch waits to be sent again on an operator's word, and call-backs have told of what was called not sent, beyond what the
-- operator overruled. It isn't sent then.
CREATE FUNCTION "is_contradicted"("batch" "batches") RETURNS BOOLEAN LANGUAGE SQL STABLE
RETURN ("batch")."attempts" > 0 AND ("batch")."status" IN ('pending', 'uploaded')
    AND EXISTS (SELECT 1 FROM "attempts" s
        WHERE s."batch_id" = ("batch")."id" AND s."kind" = 'send' AND s."declared_unsent"
            AND "reported"(s."batch_id", s."number") > s."overruled");

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
