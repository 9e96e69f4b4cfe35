-- Additive: a program before it has no vault.
--
-- What the vault keeps, for every org: values are sealed by it, under a key that is not
-- here. Users are named by their ids, and may have gone.
CREATE TABLE auth_secrets (
    org TEXT NOT NULL,
    name TEXT NOT NULL,
    -- Grows with every value, and when the secret is deleted.
    version BIGINT NOT NULL,
    -- NULL once it is deleted: the row stays for a while for its version alone.
    sealed BYTEA,
    updated_at BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    PRIMARY KEY (org, name)
);

CREATE INDEX auth_secrets_deleted ON auth_secrets (updated_at) WHERE sealed IS NULL;

-- Links by which secrets are entered, by the SHA-256 of their tokens.
CREATE TABLE auth_secret_requests (
    id TEXT NOT NULL PRIMARY KEY,
    token_digest BYTEA NOT NULL UNIQUE CHECK (length(token_digest) = 32),
    org TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    fulfilled_at BIGINT
);

CREATE INDEX auth_secret_requests_created_at ON auth_secret_requests (org, created_at);
CREATE INDEX auth_secret_requests_expires_at ON auth_secret_requests (expires_at);

-- Those that were made by hand. Variables name their application whether it is here or not.
CREATE TABLE auth_applications (
    org TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (org, name)
);

CREATE TABLE auth_variables (
    org TEXT NOT NULL,
    application TEXT NOT NULL,
    key TEXT NOT NULL,
    version BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    -- The secret that is bound to it and the version of it that was written, with a keyed
    -- hash of that; all NULL where none is.
    secret_name TEXT,
    secret_version BIGINT,
    written BYTEA,
    -- Whether the value is another than was written.
    overridden BOOLEAN NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    PRIMARY KEY (org, application, key)
);

CREATE INDEX auth_variables_secret_name ON auth_variables (org, secret_name);
