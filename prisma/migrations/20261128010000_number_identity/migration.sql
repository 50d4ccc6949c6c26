-- One person, one number: what is in use in two forms is kept as one.

-- As identityOf in src/domain/number-identity.ts; a test shows that both say the same.
CREATE FUNCTION "number_identity"("digits" BIGINT) RETURNS BIGINT LANGUAGE SQL IMMUTABLE
RETURN CASE
    WHEN "digits" BETWEEN 5210000000000 AND 5219999999999 THEN 520000000000 + "digits" % 10000000000
    WHEN "digits" BETWEEN 5490000000000 AND 5499999999999 THEN 540000000000 + "digits" % 10000000000
    WHEN "digits" BETWEEN 5500000000000 AND 5599999999999 AND "digits" / 10000000 % 100 BETWEEN 96 AND 99
        THEN "digits" / 1000000000 * 100000000 + "digits" % 100000000
    ELSE "digits"
END;

-- A number that stood on the list in both forms keeps the row of the shorter one.
DELETE FROM "suppressions" s
WHERE s."phone_number" BETWEEN 5210000000000 AND 5599999999999 AND "number_identity"(s."phone_number") <> s."phone_number"
    AND EXISTS (SELECT 1 FROM "suppressions" o WHERE o."phone_number" = "number_identity"(s."phone_number"));
UPDATE "suppressions" SET "phone_number" = "number_identity"("phone_number")
WHERE "phone_number" BETWEEN 5210000000000 AND 5599999999999 AND "number_identity"("phone_number") <> "phone_number";

-- By each run's own part of the key. A run that has a person in both forms keeps both rows: its batches count them both.
UPDATE "recipients" x SET "phone_number" = "number_identity"(x."phone_number")
FROM "runs" r
WHERE x."run_number" = r."number" AND x."phone_number" BETWEEN 5210000000000 AND 5599999999999
    AND "number_identity"(x."phone_number") <> x."phone_number"
    AND NOT EXISTS (
        SELECT 1 FROM "recipients" o WHERE o."run_number" = x."run_number" AND o."phone_number" = "number_identity"(x."phone_number"));

UPDATE "broadcast_logs" SET "phone_number" = "number_identity"("phone_number")
WHERE "phone_number" BETWEEN 5210000000000 AND 5599999999999 AND "number_identity"("phone_number") <> "phone_number";
