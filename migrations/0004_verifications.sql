-- Values that may be used once (the state of a sign-in, a token in a mail), by
-- their SHA-256. After `expires_at` a row may go.
CREATE TABLE auth_verifications (
    purpose TEXT NOT NULL,
    value_digest BYTEA NOT NULL CHECK (length(value_digest) = 32),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (purpose, value_digest)
);

CREATE INDEX auth_verifications_expires_at ON auth_verifications (expires_at);
