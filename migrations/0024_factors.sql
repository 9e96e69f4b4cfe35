-- What users prove a sign-in with beside a password or a provider. A program from before
-- would not ask for it, so none may go on.
CREATE TABLE auth_authenticators (
    user_id TEXT NOT NULL PRIMARY KEY REFERENCES auth_users (id) ON DELETE CASCADE,
    -- What the app shares with us (RFC 6238), sealed under the session keys.
    sealed_secret TEXT NOT NULL,
    -- The last time step whose code was used: no code works twice.
    last_step BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

-- Codes on paper, by their SHA-256: each is 80 random bits, so nobody finds one by trying.
CREATE TABLE auth_recovery_codes (
    user_id TEXT NOT NULL REFERENCES auth_users (id) ON DELETE CASCADE,
    code_digest BYTEA NOT NULL CHECK (length(code_digest) = 32),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, code_digest)
);

-- Credentials of WebAuthn. Ids and keys (COSE_Key, RFC 9052) in base64url.
CREATE TABLE auth_passkeys (
    credential_id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES auth_users (id) ON DELETE CASCADE,
    public_key TEXT NOT NULL,
    -- As the authenticator said last; 0 where it does not count.
    sign_count BIGINT NOT NULL,
    backup_eligible BOOLEAN NOT NULL,
    backed_up BOOLEAN NOT NULL,
    -- By which the browser may reach it, separated by spaces.
    transports TEXT NOT NULL,
    -- The user's own word for it.
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT
);

CREATE INDEX auth_passkeys_user_id ON auth_passkeys (user_id);
