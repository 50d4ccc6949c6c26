-- What was changed through the admin, by whom. A change is noted before it is made.
CREATE TABLE "audit_entries" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "detail" JSONB NOT NULL,
    "status" INTEGER,
    CONSTRAINT "audit_entries_pkey" PRIMARY KEY ("id")
);
