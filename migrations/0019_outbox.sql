-- Additive: programs before it send no letters.
-- Letters that wait to be sent. A row goes once its letter was handed on or given up.
CREATE TABLE auth_outbox (
    id TEXT NOT NULL PRIMARY KEY,
    -- Why it is sent, such as `reset-password`.
    kind TEXT NOT NULL,
    -- Encrypted: letters hold links that sign people in.
    sealed BYTEA NOT NULL,
    queued_at BIGINT NOT NULL,
    -- Not tried before. Whoever takes a letter up sets it past the time that a try may
    -- take, so that nobody else does.
    due_at BIGINT NOT NULL,
    -- Tries that were begun.
    attempts BIGINT NOT NULL,
    -- Why the last one failed.
    why TEXT NOT NULL
);

CREATE INDEX auth_outbox_due_at ON auth_outbox (due_at);

CREATE INDEX auth_outbox_queued_at ON auth_outbox (queued_at);
