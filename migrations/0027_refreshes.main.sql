-- Additive: a program before it refreshes nobody else's sessions.
--
-- Refresh tokens of another program that are being exchanged, or were just now: each is
-- exchanged by one caller, and what came of it is for those who came meanwhile. Sealed is
-- what the browser gets: under a password that is not here.
CREATE TABLE auth_refreshes (
    token_digest BYTEA NOT NULL PRIMARY KEY CHECK (length(token_digest) = 32),
    -- Until then nobody else tries.
    claimed_until BIGINT NOT NULL,
    -- NULL while nothing has come of it; empty where that was the end of the session.
    outcome TEXT,
    expires_at BIGINT NOT NULL
);

CREATE INDEX auth_refreshes_expires_at ON auth_refreshes (expires_at);
