-- Additive: nothing before it takes from a bucket, and the sweep asks for `ends_at` alone.
-- A bucket that fills up evenly is known by when it will be full: in microseconds since
-- 1970, for what comes back may do so several times a second. `ends_at` is the same in
-- whole seconds, rounded up.
ALTER TABLE auth_counters RENAME COLUMN taken TO full_at;

-- Whom nobody may guess at for a while, known or unknown here: by the SHA-256 of the
-- canonical address. After `ends_at` all is forgotten, and the row may go.
CREATE TABLE auth_lockouts (
    whose_digest BYTEA NOT NULL PRIMARY KEY CHECK (length(whose_digest) = 32),
    failures BIGINT NOT NULL,
    -- How long the door was shut last; 0 until it was.
    delay_seconds BIGINT NOT NULL,
    locked_until BIGINT NOT NULL,
    -- Whether the last who asked was let in: what the statement that asks answers.
    was_taken BOOLEAN NOT NULL,
    ends_at BIGINT NOT NULL
);

CREATE INDEX auth_lockouts_ends_at ON auth_lockouts (ends_at);
