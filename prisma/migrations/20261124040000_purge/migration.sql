-- When a run's numbers and values were removed; its counts, ids and attempts stay.
ALTER TABLE "runs" ADD COLUMN "purged_at" TIMESTAMPTZ(3);

-- Since when nothing can happen to a run any more by itself: all was cut, every batch is settled, the last broadcast has begun.
CREATE VIEW "run_ends" AS
SELECT r."id" AS "run_id",
       CASE WHEN bool_or(b."status" IN ('pending', 'uploaded', 'sending', 'unknown')) IS NOT TRUE
         THEN greatest(r."drained_at", max(b."closed_at"), max(b."scheduled_at"), max(b."started_at")) END AS "ended_at"
FROM "runs" r LEFT JOIN "batches" b ON b."run_id" = r."id"
WHERE r."drained_at" IS NOT NULL AND (r."sealed_at" IS NOT NULL OR r."cancelled_at" IS NOT NULL)
GROUP BY r."id";
