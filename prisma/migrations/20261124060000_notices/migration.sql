-- What the user's webhook is to be told: each row is written in the transaction that makes it true, and sent afterwards.
-- No foreign keys: triggers write it while they hold others' locks, and should take none themselves.
CREATE TABLE "notices" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "event" TEXT NOT NULL,
    "run_id" TEXT,
    "batch_id" TEXT,
    "account" TEXT,
    "detail" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_try_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "delivered_at" TIMESTAMPTZ(3),
    "given_up_at" TIMESTAMPTZ(3),
    "error" TEXT,
    CONSTRAINT "notices_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "notices_event_check" CHECK (
        ("event" = 'run.finished' AND "run_id" IS NOT NULL)
        OR ("event" = 'batch.unknown' AND "run_id" IS NOT NULL AND "batch_id" IS NOT NULL)
        OR ("event" = 'hold' AND "detail" IS NOT NULL AND ("run_id" IS NULL) <> ("account" IS NULL)))
);
CREATE INDEX "notices_due_idx" ON "notices"("next_try_at") WHERE "delivered_at" IS NULL AND "given_up_at" IS NULL;

-- When the end of a run was noted, and told. Work that comes up afterwards clears it. Ends of before this are not told.
ALTER TABLE "runs" ADD COLUMN "finished_at" TIMESTAMPTZ(3);
UPDATE "runs" SET "finished_at" = "drained_at"
WHERE "drained_at" IS NOT NULL AND ("sealed_at" IS NOT NULL OR "cancelled_at" IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM "batches" b WHERE b."run_id" = "runs"."id" AND b."status" IN ('pending', 'uploaded', 'sending'));

-- Runs that may have ended: what is looked through every few seconds stays as small as the work.
CREATE INDEX "runs_ending_idx" ON "runs"("drained_at")
    WHERE "finished_at" IS NULL AND "drained_at" IS NOT NULL AND ("sealed_at" IS NOT NULL OR "cancelled_at" IS NOT NULL);

-- Several statements make a batch `unknown`; here none of them can forget to tell it.
CREATE FUNCTION "tell_unknown_batch"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO "notices" ("event", "run_id", "batch_id") VALUES ('batch.unknown', NEW."run_id", NEW."id");
    RETURN NULL;
END $$;
CREATE TRIGGER "batches_become_unknown" AFTER UPDATE OF "status" ON "batches" FOR EACH ROW
    WHEN (NEW."status" = 'unknown' AND OLD."status" <> 'unknown') EXECUTE FUNCTION "tell_unknown_batch"();
CREATE TRIGGER "batches_come_unknown" AFTER INSERT ON "batches" FOR EACH ROW
    WHEN (NEW."status" = 'unknown') EXECUTE FUNCTION "tell_unknown_batch"();

-- A hold of an account that begins. Renewals and probes keep it as it is, and throttling is everyday.
CREATE FUNCTION "tell_account_hold"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO "notices" ("event", "account", "detail")
    VALUES ('hold', NEW."account", jsonb_build_object('kind', NEW."kind", 'reason', NEW."reason"));
    RETURN NULL;
END $$;
CREATE TRIGGER "holds_begin" AFTER INSERT ON "holds" FOR EACH ROW
    WHEN (NEW."kind" <> 'rate_limited' AND NEW."lifted_at" IS NULL) EXECUTE FUNCTION "tell_account_hold"();
CREATE TRIGGER "holds_begin_again" AFTER UPDATE ON "holds" FOR EACH ROW
    WHEN (NEW."kind" <> 'rate_limited' AND NEW."lifted_at" IS NULL AND (OLD."lifted_at" IS NOT NULL OR OLD."expires_at" <= clock_timestamp()))
    EXECUTE FUNCTION "tell_account_hold"();

-- A run that is held for its first batch waits for a person only once that batch is settled, and only if more is to come.
CREATE FUNCTION "tell_first_batch"("of_run" TEXT) RETURNS VOID LANGUAGE sql AS $$
    INSERT INTO "notices" ("event", "run_id", "detail")
    SELECT 'hold', r."id", jsonb_build_object('kind', r."held_kind", 'reason', r."held_reason")
    FROM "runs" r JOIN "batches" b ON b."run_id" = r."id" AND b."number" = 1
    WHERE r."id" = "of_run" AND r."held_kind" = 'first' AND b."status" IN ('scheduled', 'failed', 'unknown')
        AND (r."drained_at" IS NULL OR EXISTS (
            SELECT 1 FROM "batches" w WHERE w."run_id" = r."id" AND w."status" IN ('pending', 'uploaded')))
$$;
CREATE FUNCTION "tell_settled_first_batch"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM "tell_first_batch"(NEW."run_id");
    RETURN NULL;
END $$;
CREATE TRIGGER "batches_settle_first" AFTER UPDATE OF "status" ON "batches" FOR EACH ROW
    WHEN (NEW."number" = 1 AND OLD."status" IN ('pending', 'uploaded', 'sending') AND NEW."status" IN ('scheduled', 'failed', 'unknown'))
    EXECUTE FUNCTION "tell_settled_first_batch"();

-- A run that is being prepared is held for that short time as a matter of course.
CREATE FUNCTION "tell_run_hold"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF NEW."held_kind" = 'first' THEN
        PERFORM "tell_first_batch"(NEW."id");
    ELSE
        INSERT INTO "notices" ("event", "run_id", "detail")
        VALUES ('hold', NEW."id", jsonb_build_object('kind', NEW."held_kind", 'reason', NEW."held_reason"));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER "runs_become_held" AFTER UPDATE OF "held_kind" ON "runs" FOR EACH ROW
    WHEN (NEW."held_kind" <> 'preparing' AND NEW."held_kind" IS DISTINCT FROM OLD."held_kind") EXECUTE FUNCTION "tell_run_hold"();
CREATE TRIGGER "runs_come_held" AFTER INSERT ON "runs" FOR EACH ROW
    WHEN (NEW."held_kind" <> 'preparing') EXECUTE FUNCTION "tell_run_hold"();
