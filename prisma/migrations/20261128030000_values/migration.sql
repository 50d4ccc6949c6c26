-- What becomes of values that WhatsApp refuses, how many rejected rows are borne, and which values look like a mistake.

ALTER TABLE "runs"
    ADD COLUMN "value_policy" TEXT NOT NULL DEFAULT 'reject',
    ADD COLUMN "max_rejected" TEXT,
    -- Whose clock its start was written by; its instants are shown by it.
    ADD COLUMN "time_zone" TEXT,
    ADD CONSTRAINT "runs_value_policy_check" CHECK ("value_policy" IN ('reject', 'clean', 'send'));
ALTER TABLE "campaigns"
    ADD COLUMN "value_policy" TEXT NOT NULL DEFAULT 'reject',
    ADD COLUMN "max_rejected" TEXT,
    ADD CONSTRAINT "campaigns_value_policy_check" CHECK ("value_policy" IN ('reject', 'clean', 'send'));

-- Counted for each stream of recipients, so that a stream that is enqueued again takes the place of what it was before.
CREATE TABLE "doubtful_values" (
    "run_id" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "column" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    -- Shortened, its numbers masked; gone once the run was purged.
    "example" TEXT NOT NULL,
    CONSTRAINT "doubtful_values_pkey" PRIMARY KEY ("run_id", "source", "column", "kind"),
    CONSTRAINT "doubtful_values_count_check" CHECK ("count" > 0)
);
ALTER TABLE "doubtful_values" ADD CONSTRAINT "doubtful_values_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "runs"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Besides campaigns' runs, those are being prepared now whose rejected rows are counted before anything goes out.
DO $$
BEGIN
    EXECUTE replace(
        pg_get_functiondef('"siaran"."enqueue"(text, jsonb)'::regprocedure),
        ' takes no recipients but those of its campaign, whose audience is being read.',
        ' takes no rows from a transaction: all its rows are read before the first one goes out.');
END $$;
