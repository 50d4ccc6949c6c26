-- What the spans of all of a run's steps belong to, whichever process makes them: a W3C traceparent. Absent while nobody traces.
ALTER TABLE "runs" ADD COLUMN "traceparent" TEXT;

-- Few or none, however long the history is: they are looked for at every scrape.
CREATE INDEX "batches_unknown_idx" ON "batches"("account") WHERE "status" = 'unknown';
