-- A campaign can be changed. Its settings stand in campaigns, under the number of their version; those of earlier versions here.
ALTER TABLE "campaigns"
    ADD COLUMN "version" INTEGER NOT NULL DEFAULT 1,
    -- Whoever added it, or changed it last.
    ADD COLUMN "changed_by" TEXT,
    ADD COLUMN "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    -- Whether it fires instants that a campaign of its name decided about which was removed.
    ADD COLUMN "fires_again" BOOLEAN NOT NULL DEFAULT false;
UPDATE "campaigns" SET "changed_at" = "created_at";

CREATE TABLE "campaign_versions" (
    "campaign_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "changed_by" TEXT,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,
    "account" TEXT NOT NULL,
    "template_detail_id" INTEGER NOT NULL,
    "columns" TEXT[],
    "column_map" JSONB NOT NULL,
    "ignored_columns" TEXT[],
    "separator" TEXT NOT NULL,
    "value_policy" TEXT NOT NULL,
    "max_rejected" TEXT,
    "audience" TEXT NOT NULL,
    "cron" TEXT,
    "once_at" TIMESTAMPTZ(3),
    "time_zone" TEXT,
    "prepare_ahead_ms" BIGINT NOT NULL,
    "catch_up" TEXT NOT NULL,
    "delivery" JSONB NOT NULL,
    CONSTRAINT "campaign_versions_pkey" PRIMARY KEY ("campaign_id", "version")
);
ALTER TABLE "campaign_versions" ADD CONSTRAINT "campaign_versions_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaigns"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What a firing's audience is read by: the settings of the version that it was decided with.
CREATE VIEW "campaign_audiences" AS
    SELECT "id" AS "campaign_id", "version", "columns", "column_map", "ignored_columns", "audience" FROM "campaigns"
    UNION ALL
    SELECT "campaign_id", "version", "columns", "column_map", "ignored_columns", "audience" FROM "campaign_versions";

-- An instant is decided for the campaign's name: a campaign that was removed, and added again, doesn't fire it a second time.
ALTER TABLE "firings"
    -- The campaign's, which never changes.
    ADD COLUMN "name" TEXT,
    ADD COLUMN "version" INTEGER NOT NULL DEFAULT 1,
    -- Another campaign of its name decided about this instant before. It is skipped for that, or fired as somebody insists on it.
    ADD COLUMN "repeats" BOOLEAN NOT NULL DEFAULT false,
    -- Runs of this instant that were cancelled so that it could be fired anew, the first one first.
    ADD COLUMN "replaced_runs" TEXT[];
UPDATE "firings" f SET "name" = c."name", "replaced_runs" = '{}', "repeats" = EXISTS (
    SELECT 1 FROM "firings" e JOIN "campaigns" o ON o."id" = e."campaign_id"
    WHERE o."name" = c."name" AND e."at" = f."at" AND (e."decided_at", e."campaign_id") < (f."decided_at", f."campaign_id"))
FROM "campaigns" c WHERE c."id" = f."campaign_id";
ALTER TABLE "firings" ALTER COLUMN "name" SET NOT NULL, ALTER COLUMN "version" DROP DEFAULT;
CREATE UNIQUE INDEX "firings_decided_idx" ON "firings"("name", "at") WHERE NOT "repeats";

-- Whether the people of a batch were messaged, or may have been, or will be unless somebody stops it at Qiscus.
CREATE FUNCTION "is_out"("batch" "batches") RETURNS BOOLEAN LANGUAGE SQL STABLE
RETURN ("batch")."status" IN ('sending', 'unknown', 'scheduled')
    OR EXISTS (SELECT 1 FROM "attempts" a WHERE a."batch_id" = ("batch")."id" AND a."extra");

-- Whether messages of a batch still go out, as far as is known: it isn't handed over, or its start lies ahead.
CREATE FUNCTION "still_goes_out"("batch" "batches") RETURNS BOOLEAN LANGUAGE SQL VOLATILE
RETURN ("batch")."status" IN ('pending', 'uploaded', 'sending')
    OR (("batch")."status" IN ('unknown', 'scheduled') AND ("batch")."started_at" > clock_timestamp());
