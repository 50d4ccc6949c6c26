-- What an operator decides about a batch is kept beside what workers tried: who, why, and about which send.
ALTER TABLE "attempts"
    ADD COLUMN "kind" TEXT NOT NULL DEFAULT 'send',
    ADD COLUMN "token" UUID,
    ADD COLUMN "reason" TEXT,
    ADD CONSTRAINT "attempts_kind_check" CHECK ("kind" IN ('send', 'resolve'));

DROP INDEX "attempts_batch_id_number_key";
CREATE UNIQUE INDEX "attempts_token_key" ON "attempts"("token");
CREATE UNIQUE INDEX "attempts_batch_id_number_kind_key" ON "attempts"("batch_id", "number", "kind");
