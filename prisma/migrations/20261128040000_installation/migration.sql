-- Which database this is. One Redis prefix belongs to one database, and a restored database keeps its identity.
CREATE TABLE "installation" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    -- What blocks of recipients in Redis are signed with: whoever can write to Redis alone doesn't know it.
    "block_key" BYTEA NOT NULL,
    -- There is one row.
    "is_only" BOOLEAN NOT NULL DEFAULT true,
    CONSTRAINT "installation_pkey" PRIMARY KEY ("is_only"),
    CONSTRAINT "installation_is_only_check" CHECK ("is_only")
);
INSERT INTO "installation" ("block_key")
VALUES (sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));
