-- The truth about a session; the cookie is a signed copy. Only the SHA-256 of
-- its token is here.
--
-- A session hangs on the account that it began with: when a way in is taken
-- away, so is every session that came through it, even one that is beginning
-- at that very moment.
CREATE TABLE auth_sessions (
    token_digest BYTEA NOT NULL PRIMARY KEY CHECK (length(token_digest) = 32),
    user_id TEXT NOT NULL REFERENCES auth_users (id) ON DELETE CASCADE,
    provider TEXT NOT NULL,
    subject TEXT NOT NULL,
    -- The origin or shared cookie domain that it is good for.
    audience TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- Moves with use, at every stale request: no index, so that Postgres can
    -- rewrite the row in place (a heap-only update).
    idle_expires_at BIGINT NOT NULL CHECK (idle_expires_at <= expires_at),
    FOREIGN KEY (provider, subject) REFERENCES auth_accounts (provider, subject) ON DELETE CASCADE
);

CREATE INDEX auth_sessions_user_id ON auth_sessions (user_id);
CREATE INDEX auth_sessions_account ON auth_sessions (provider, subject);
CREATE INDEX auth_sessions_expires_at ON auth_sessions (expires_at);
