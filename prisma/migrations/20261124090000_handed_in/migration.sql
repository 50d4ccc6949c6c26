-- Rows that a program hands in within its own transaction: they commit or roll back with it, and the chunker takes them from here.
-- No foreign key, whose lock on the run's row would make a pause or cancel wait for the caller's transaction.
CREATE TABLE "handed_in" (
    "id" BIGSERIAL NOT NULL,
    "run_id" TEXT NOT NULL,
    "rows" JSONB NOT NULL,
    "row_count" INTEGER NOT NULL,
    "characters" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    -- In this order blocks are taken, run by run.
    CONSTRAINT "handed_in_pkey" PRIMARY KEY ("run_id", "id"),
    CONSTRAINT "handed_in_rows_check" CHECK ("row_count" BETWEEN 1 AND 1000 AND jsonb_array_length("rows") = "row_count")
);
-- They stay for seconds: not worth Postgres's compression.
ALTER TABLE "handed_in" ALTER COLUMN "rows" SET STORAGE EXTERNAL;

-- Batches that were sent and whose recipients the ledger has lost. There are hardly ever any, and each call looks for them.
CREATE INDEX "batches_empty_idx" ON "batches"("run_id")
    WHERE "size" = 0 AND "suppressed" = 0 AND "closed_at" IS NOT NULL;

-- A run goes on while rows wait that were handed in: it must not be purged meanwhile.
CREATE OR REPLACE VIEW "run_ends" AS
SELECT r."id" AS "run_id",
       CASE WHEN bool_or(b."status" IN ('pending', 'uploaded', 'sending', 'unknown')) IS NOT TRUE
         THEN greatest(r."drained_at", max(b."closed_at"), max(b."scheduled_at"), max(b."started_at")) END AS "ended_at"
FROM "runs" r LEFT JOIN "batches" b ON b."run_id" = r."id"
WHERE r."drained_at" IS NOT NULL AND (r."sealed_at" IS NOT NULL OR r."cancelled_at" IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM "handed_in" h WHERE h."run_id" = r."id")
GROUP BY r."id";

-- What others may call stands in a schema of its own: USAGE on it is the permission to hand rows in, and gives nothing else.
-- To create one takes a right that Siaran's role may lack; then somebody who has it creates it for that role beforehand.
DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = 'siaran') THEN
        CREATE SCHEMA "siaran";
    END IF;
END $$;

-- It runs with the rights of Siaran's own role. So it must find nothing but Postgres's own functions and operators, whatever its
-- caller has made in a schema that others look into or among temporary tables; Siaran's tables are named with their schema.
DO $of_tables$
DECLARE
    "tables" TEXT := (SELECT quote_ident(nspname) FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE pg_class.oid = 'handed_in'::regclass);
BEGIN
    EXECUTE replace($function$
CREATE OR REPLACE FUNCTION "siaran"."enqueue"("run_key" TEXT, "rows" JSONB) RETURNS INTEGER
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    of_run RECORD;
    odd RECORD;
BEGIN
    -- The run isn't locked. What happens to it from here on is known to whoever takes the rows.
    SELECT r."id", r."number", r."delivery" #> '{individual,force}' = 'false'::jsonb AS "is_bounded",
           (SELECT min(b."id") FROM "@tables@"."batches" b
            WHERE b."run_id" = r."id" AND b."size" = 0 AND b."suppressed" = 0 AND b."closed_at" IS NOT NULL) AS empty_batch,
           CASE WHEN r."purged_at" IS NOT NULL THEN 'RUN_PURGED'
                WHEN r."cancelled_at" IS NOT NULL THEN 'RUN_CANCELLED'
                WHEN r."paused_at" IS NOT NULL THEN 'RUN_PAUSED'
                WHEN r."held_kind" = 'preparing' THEN 'RUN_PREPARING'
                WHEN r."sealed_at" IS NOT NULL THEN 'RUN_COMPLETE' END AS refusal
    INTO of_run FROM "@tables@"."runs" r WHERE r."key" = "enqueue"."run_key";
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'SR404',
            MESSAGE = 'There is no run with the key ' || coalesce(to_json("run_key")::text, 'null') || '.',
            HINT = 'Start it first, and have that committed: startRun({ key, ... }) in the library, or siaran send --no-seal --key.';
    END IF;
    IF of_run.refusal IS NULL AND of_run.empty_batch IS NOT NULL THEN
        of_run.refusal := 'RUN_LOST_RECIPIENTS';
    END IF;
    -- Messages that go out one by one are a request each: a list of them has to be meant.
    IF of_run.refusal IS NULL AND of_run."is_bounded" AND jsonb_typeof("rows") = 'array'
        AND (SELECT count(*) FROM "@tables@"."recipients" m WHERE m."run_number" = of_run."number")
            + (SELECT coalesce(sum(h."row_count"), 0) FROM "@tables@"."handed_in" h WHERE h."run_id" = of_run."id")
            + jsonb_array_length("rows") > 10000 THEN
        of_run.refusal := 'RUN_TOO_LARGE';
    END IF;
    IF of_run.refusal IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'SR409',
            DETAIL = of_run.refusal || ' ' || of_run.id,
            MESSAGE = CASE of_run.refusal
                WHEN 'RUN_PURGED' THEN 'The numbers and values of run ' || of_run.id || ' were removed; it takes none any more.'
                WHEN 'RUN_CANCELLED' THEN 'Run ' || of_run.id || ' is cancelled and takes no recipients.'
                WHEN 'RUN_PAUSED' THEN 'Run ' || of_run.id || ' is paused and takes no recipients; resume it first.'
                WHEN 'RUN_PREPARING' THEN 'Run ' || of_run.id || ' takes no recipients but those of its campaign, whose audience is being read.'
                WHEN 'RUN_COMPLETE' THEN 'Run ' || of_run.id || ' is sealed; it takes no more recipients.'
                WHEN 'RUN_TOO_LARGE' THEN 'Run ' || of_run.id || ' would have more than 10,000 individual messages, a request each.'
                ELSE 'Run ' || of_run.id || ' takes no more recipients: batch ' || of_run.empty_batch
                    || ' was sent, and Postgres has lost who they were, so that they could be messaged again.' END,
            HINT = CASE of_run.refusal
                WHEN 'RUN_PAUSED' THEN 'siaran resume ' || of_run.id
                WHEN 'RUN_TOO_LARGE' THEN 'Send them in bulk; or start the run once more with the same key and force, if it is meant.'
                ELSE 'Start a run with another key, and hand the rows in there.' END;
    END IF;

    -- An aggregate over no rows is NULL: there is nothing to hand in.
    IF "rows" IS NULL THEN
        RETURN 0;
    END IF;
    IF jsonb_typeof("rows") <> 'array' THEN
        RAISE EXCEPTION USING ERRCODE = 'SR400',
            MESSAGE = 'rows must be a JSON array of objects keyed by column; it is of the type ' || jsonb_typeof("rows") || '.',
            HINT = 'Such as jsonb_agg(to_jsonb(t)), or jsonb_build_array(jsonb_build_object(''phone_number'', ...)).';
    END IF;
    SELECT element."position", jsonb_typeof(element."row") AS "type" INTO odd
    FROM jsonb_array_elements("rows") WITH ORDINALITY AS element("row", "position")
    WHERE jsonb_typeof(element."row") <> 'object' ORDER BY element."position" LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'SR400',
            MESSAGE = 'rows must be a JSON array of objects keyed by column; row ' || odd."position" || ' is of the type ' || odd."type" || '.',
            HINT = 'Such as jsonb_agg(to_jsonb(t)), or jsonb_build_array(jsonb_build_object(''phone_number'', ...)).';
    END IF;

    -- Blocks of at most 1,000 rows, and of about a million characters, so that whoever takes one knows what it has to hold.
    INSERT INTO "@tables@"."handed_in" ("run_id", "rows", "row_count", "characters")
    SELECT of_run.id, jsonb_agg(sized."row" ORDER BY sized."position"), count(*), sum(sized."characters")
    FROM (
        SELECT measured.*, div(sum("characters") OVER (PARTITION BY "thousand" ORDER BY "position"), 1000000) AS "million"
        FROM (
            SELECT element."row", element."position", (element."position" - 1) / 1000 AS "thousand", length(element."row"::text)::bigint AS "characters"
            FROM jsonb_array_elements("enqueue"."rows") WITH ORDINALITY AS element("row", "position")
        ) AS measured
    ) AS sized
    GROUP BY sized."thousand", sized."million" ORDER BY sized."thousand", sized."million";
    RETURN jsonb_array_length("enqueue"."rows");
END $$;
$function$, '"@tables@"', "tables");
END $of_tables$;
GRANT EXECUTE ON FUNCTION "siaran"."enqueue"(TEXT, JSONB) TO PUBLIC;
