-- Blocks of recipients in Redis are signed with the key of this installation. A run of which a block doesn't match its signature is
-- held. It may be held for something else at that moment: then this is its next hold, and stands here until its turn comes.
ALTER TABLE "runs" ADD COLUMN "unverified_reason" TEXT;
ALTER TABLE "runs" DROP CONSTRAINT "runs_held_kind_check";
ALTER TABLE "runs" ADD CONSTRAINT "runs_held_kind_check" CHECK ("held_kind" IN ('preparing', 'first', 'balance', 'unknown', 'unverified'));
ALTER TABLE "runs" ADD CONSTRAINT "runs_unverified_check" CHECK ("held_kind" <> 'unverified' OR "unverified_reason" IS NOT NULL);

-- It is told when it is found, whatever holds the run besides; and once, until somebody has resumed the run.
CREATE FUNCTION "tell_unverified_run"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO "notices" ("event", "run_id", "detail")
    VALUES ('hold', NEW."id", jsonb_build_object('kind', 'unverified', 'reason', NEW."unverified_reason"));
    RETURN NULL;
END $$;
CREATE TRIGGER "runs_become_unverified" AFTER UPDATE OF "unverified_reason" ON "runs" FOR EACH ROW
    WHEN (NEW."unverified_reason" IS NOT NULL AND OLD."unverified_reason" IS NULL) EXECUTE FUNCTION "tell_unverified_run"();
DROP TRIGGER "runs_become_held" ON "runs";
CREATE TRIGGER "runs_become_held" AFTER UPDATE OF "held_kind" ON "runs" FOR EACH ROW
    WHEN (NEW."held_kind" NOT IN ('preparing', 'unverified') AND NEW."held_kind" IS DISTINCT FROM OLD."held_kind") EXECUTE FUNCTION "tell_run_hold"();
CREATE INDEX "runs_unverified_idx" ON "runs"("created_at") WHERE "unverified_reason" IS NOT NULL;
