-- How often something was done in a while: a row for each bucket, known by the
-- SHA-256 of whom it is for. After `ends_at` it is full again, and the row may go.
CREATE TABLE auth_counters (
    purpose TEXT NOT NULL,
    bucket_digest BYTEA NOT NULL CHECK (length(bucket_digest) = 32),
    taken BIGINT NOT NULL,
    -- Whether the last who asked got it: what the statement that asks answers.
    was_taken BOOLEAN NOT NULL,
    ends_at BIGINT NOT NULL,
    PRIMARY KEY (purpose, bucket_digest)
);

CREATE INDEX auth_counters_ends_at ON auth_counters (ends_at);
