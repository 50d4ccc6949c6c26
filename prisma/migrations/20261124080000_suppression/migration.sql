-- Numbers that are never to be messaged again: one list for all accounts, since whoever opted out is to be left alone.
CREATE TABLE "suppressions" (
    "phone_number" BIGINT NOT NULL,
    "reason" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "added_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "suppressions_pkey" PRIMARY KEY ("phone_number"),
    CONSTRAINT "suppressions_source_check" CHECK ("source" IN ('operator', 'opt_out'))
);
