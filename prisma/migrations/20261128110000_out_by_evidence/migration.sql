-- Call-backs may tell of a batch that was resolved as not sent: its people may have been messaged, and nobody fires them anew.
CREATE OR REPLACE FUNCTION "is_out"("batch" "batches") RETURNS BOOLEAN LANGUAGE SQL STABLE
RETURN ("batch")."status" IN ('sending', 'unknown', 'scheduled')
    OR EXISTS (SELECT 1 FROM "attempts" a
        WHERE a."batch_id" = ("batch")."id" AND (a."extra"
            OR (a."declared_unsent" AND "reported"(a."batch_id", a."number") > 0)));
