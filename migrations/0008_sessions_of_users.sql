-- A session hangs on its user. SQLite cannot drop a foreign key, so the table is
-- made anew; it goes before the accounts do, whose rows would take it along.
CREATE TABLE auth_new_sessions (
    token_digest BYTEA NOT NULL PRIMARY KEY CHECK (length(token_digest) = 32),
    user_id TEXT NOT NULL REFERENCES auth_users (id) ON DELETE CASCADE,
    -- The way in that it came through. Whoever takes that away ends the session, in
    -- the same statement.
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    -- The provider's id, or 'password': for display.
    provider TEXT NOT NULL,
    -- RFC 8176 values, separated by spaces: by which methods the user signed in.
    amr TEXT NOT NULL,
    -- When the user did so: `auth_time` elsewhere.
    authenticated_at BIGINT NOT NULL,
    -- The origin or shared cookie domain that it is good for.
    audience TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- Moves with use, at every stale request: no index, so that Postgres can
    -- rewrite the row in place (a heap-only update).
    idle_expires_at BIGINT NOT NULL CHECK (idle_expires_at <= expires_at)
);

-- What stands for the issuer, which was not kept: the next migration says.
INSERT INTO auth_new_sessions
    (token_digest, user_id, issuer, subject, provider, amr, authenticated_at, audience,
    created_at, expires_at, idle_expires_at)
SELECT token_digest, user_id,
    CASE provider
        WHEN 'password' THEN 'password'
        ELSE 'provider:' || provider
    END,
    subject, provider,
    CASE provider WHEN 'password' THEN 'pwd' ELSE 'fed' END,
    created_at, audience, created_at, expires_at, idle_expires_at
FROM auth_sessions;

DROP TABLE auth_sessions;
ALTER TABLE auth_new_sessions RENAME TO auth_sessions;
CREATE INDEX auth_sessions_user_id ON auth_sessions (user_id);
CREATE INDEX auth_sessions_expires_at ON auth_sessions (expires_at);
