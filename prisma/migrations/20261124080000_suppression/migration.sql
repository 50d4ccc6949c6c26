-- Numbers that are never to be messaged again: one list for all accounts, since whoever opted out is to be left alone.
CREATE TABLE "suppressions" (
    "phone_number" BIGINT NOT NULL,
    "reason" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "added_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "suppressions_pkey" PRIMARY KEY ("phone_number"),
    CONSTRAINT "suppressions_source_check" CHECK ("source" IN ('operator', 'opt_out'))
);

-- How many were left out of a run for it: when they were chunked, and afterwards. Their rows in "recipients" have the batch number 0.
ALTER TABLE "intakes" ADD COLUMN "suppressed" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "batches" ADD COLUMN "suppressed" INTEGER NOT NULL DEFAULT 0;

-- A first batch of which nobody is left is settled too: else its run would wait unseen.
CREATE OR REPLACE FUNCTION "tell_first_batch"("of_run" TEXT) RETURNS VOID LANGUAGE sql AS $$
    INSERT INTO "notices" ("event", "run_id", "detail")
    SELECT 'hold', r."id", jsonb_build_object('kind', r."held_kind", 'reason', r."held_reason")
    FROM "runs" r JOIN "batches" b ON b."run_id" = r."id" AND b."number" = 1
    WHERE r."id" = "of_run" AND r."held_kind" = 'first' AND b."status" IN ('scheduled', 'failed', 'unknown', 'cancelled')
        AND (r."drained_at" IS NULL OR EXISTS (
            SELECT 1 FROM "batches" w WHERE w."run_id" = r."id" AND w."status" IN ('pending', 'uploaded')))
$$;
DROP TRIGGER "batches_settle_first" ON "batches";
CREATE TRIGGER "batches_settle_first" AFTER UPDATE OF "status" ON "batches" FOR EACH ROW
    WHEN (NEW."number" = 1 AND OLD."status" IN ('pending', 'uploaded', 'sending') AND NEW."status" IN ('scheduled', 'failed', 'unknown', 'cancelled'))
    EXECUTE FUNCTION "tell_settled_first_batch"();
