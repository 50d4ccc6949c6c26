-- What the provider's call-backs tell of single messages.

-- What the answer to the message itself said, which a call-back may overrule, and which stands again if that is taken back.
ALTER TABLE "broadcast_logs" ADD COLUMN "answer_status" TEXT, ADD COLUMN "answer_notes" TEXT;

-- When a message whose broadcast was inferred is first known to have been on its way: the broadcast began before.
ALTER TABLE "broadcast_logs" ADD COLUMN "first_at" TIMESTAMPTZ(3);

-- How far a message has come. It never goes back, in whatever order that is told.
CREATE FUNCTION "delivery_rank"("status" TEXT) RETURNS INTEGER LANGUAGE SQL IMMUTABLE
RETURN coalesce(array_position(ARRAY['scheduled', 'sent', 'failed', 'delivered', 'read'], "status"), 0);

-- Which broadcasts may be meant by a number alone, by when they began. A single message that was answered is left out: it has
-- a log, which is found by its number; a run of them would make this as long as the run.
CREATE INDEX "batches_began_idx" ON "batches"((coalesce("started_at", "handed_over_at")))
    WHERE "status" IN ('sending', 'unknown') OR ("status" = 'scheduled' AND NOT "individual");

-- A number's log of one batch, and all of a number's logs.
DROP INDEX "broadcast_logs_phone_number_idx";
CREATE INDEX "broadcast_logs_phone_number_batch_id_idx" ON "broadcast_logs"("phone_number", "batch_id");

-- Of call-backs, and answers to messages, that may be about the same message or number one waits for the other. Few locks,
-- whatever their number, as a call-back may be about a thousand; taken in one order.
CREATE FUNCTION "lock_messages"("keys" TEXT[]) RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(1667329122, "place")
    FROM (SELECT DISTINCT hashtext("key") & 63 AS "place" FROM unnest("keys") AS "key" WHERE "key" IS NOT NULL ORDER BY "place") AS "places";
END $$;

-- A call-back may come before the answer to its message: what it told goes on in the log that the answer brings.
CREATE FUNCTION "adopt_early_log"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
    "early" "broadcast_logs";
BEGIN
    PERFORM "lock_messages"(ARRAY[NEW."phone_number"::text, NEW."message_id"]);
    SELECT * INTO "early" FROM "broadcast_logs" l
    WHERE l."message_id" = NEW."message_id"
        OR (NEW."message_id" IS NULL AND l."phone_number" = NEW."phone_number" AND l."batch_id" = NEW."batch_id"
            AND l."inferred" AND l."broadcast_log_id" IS NULL)
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
CREATE TRIGGER "broadcast_logs_come" BEFORE INSERT ON "broadcast_logs" FOR EACH ROW
    WHEN (NEW."broadcast_log_id" IS NOT NULL AND NEW."phone_number" IS NOT NULL) EXECUTE FUNCTION "adopt_early_log"();
