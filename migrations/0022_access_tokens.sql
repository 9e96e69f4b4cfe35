-- Additive: to a program before it no such token is any good.
--
-- What users made for their programs. Only the SHA-256 of a token is here.
CREATE TABLE auth_access_tokens (
    token_digest BYTEA NOT NULL PRIMARY KEY CHECK (length(token_digest) = 32),
    -- By which its user knows it.
    id TEXT NOT NULL UNIQUE,
    user_id TEXT NOT NULL REFERENCES auth_users (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    -- The origin or shared cookie domain that it is good for.
    audience TEXT NOT NULL,
    -- Apps there, separated by spaces, or '*'.
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- To the hour, so that using one seldom writes.
    used_at BIGINT
);

CREATE INDEX auth_access_tokens_user_id ON auth_access_tokens (user_id);
CREATE INDEX auth_access_tokens_expires_at ON auth_access_tokens (expires_at);
