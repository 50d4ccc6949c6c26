-- User ids of people who were forgotten, as digests with the same key: callbacks that tell an id only are known to be about them.
CREATE TABLE forgotten_users (
    digest BIGINT NOT NULL,
    CONSTRAINT forgotten_users_pkey PRIMARY KEY (digest),
    CONSTRAINT forgotten_users_digest_check CHECK (digest <= -4611686018427387904)
);
