-- Additive: what went out by mail and was not used yet. Of a link only the SHA-256 of its
-- token is here, and of the code beside it a MAC under the session keys: a copy of the
-- database opens nothing. Whatever spends a link deletes its row.
CREATE TABLE auth_links (
    token_digest BYTEA NOT NULL PRIMARY KEY CHECK (length(token_digest) = 32),
    purpose TEXT NOT NULL,
    -- To whom it was mailed, in canonical form.
    email TEXT NOT NULL,
    -- Whom it is about; NULL where there is nobody yet.
    user_id TEXT REFERENCES auth_users (id) ON DELETE CASCADE,
    -- The origin that it was made at, and is good at alone.
    base_url TEXT NOT NULL,
    return_to TEXT NOT NULL,
    -- Of whoever signs up: what the user is to be called, and the PHC string of the
    -- password. Else empty, and NULL.
    name TEXT NOT NULL,
    password_hash TEXT,
    code_mac BYTEA NOT NULL CHECK (length(code_mac) = 32),
    -- SHA-256 of what the browser holds that asked for it.
    browser_digest BYTEA NOT NULL CHECK (length(browser_digest) = 32),
    -- How often a code was tried.
    tries BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX auth_links_email ON auth_links (email);
CREATE INDEX auth_links_user_id ON auth_links (user_id);
CREATE INDEX auth_links_browser ON auth_links (browser_digest);
CREATE INDEX auth_links_expires_at ON auth_links (expires_at);
