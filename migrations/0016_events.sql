-- Additive: programs before it write nothing down here and read none of it.
--
-- What people and operators did. No foreign key: a row outlives its user, of whom it
-- keeps the id alone.
CREATE TABLE auth_events (
    -- Random; of refusals, what those of one kind and hour have in common.
    id TEXT NOT NULL PRIMARY KEY,
    -- When it happened first and last, and how often.
    at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    times BIGINT NOT NULL,
    -- Stable code.
    act TEXT NOT NULL,
    done BOOLEAN NOT NULL,
    actor TEXT NOT NULL CHECK (actor IN ('visitor', 'operator')),
    -- Empty where nobody knows.
    user_id TEXT NOT NULL,
    -- What it was about, in one word; or empty.
    target TEXT NOT NULL,
    -- A base URL, or empty.
    origin TEXT NOT NULL,
    -- Of the last who did it: an IP address, and what the browser calls itself.
    address TEXT NOT NULL,
    user_agent TEXT NOT NULL
);

CREATE INDEX auth_events_at ON auth_events (at, id);
CREATE INDEX auth_events_of_user ON auth_events (user_id, at, id);
CREATE INDEX auth_events_last_at ON auth_events (last_at);
