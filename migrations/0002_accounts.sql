-- The ways in that a user has: a subject at a provider each. A password is an
-- account too, with provider 'password' and the user's id as subject.
CREATE TABLE auth_accounts (
    provider TEXT NOT NULL,
    subject TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES auth_users (id) ON DELETE CASCADE,
    -- PHC string.
    password_hash TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (provider, subject),
    CHECK ((provider = 'password') = (password_hash IS NOT NULL)),
    CHECK (provider <> 'password' OR subject = user_id)
);

CREATE INDEX auth_accounts_user_id ON auth_accounts (user_id);
