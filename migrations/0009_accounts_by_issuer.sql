-- A provider's id is the operator's word and may come to mean another provider; an
-- issuer and its subject are one account for ever. A password is an account too, with
-- issuer 'password' and the user's id as subject.
--
-- Until now the issuer was not kept, and what the settings call a provider tells it for
-- none: `google` may be an issuer of the operator's own. Accounts go by 'provider:' and
-- the id until the provider of that id signs the same subject in again.
CREATE TABLE auth_new_accounts (
    -- As configured: a URL.
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    -- The provider's id: for display.
    provider TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES auth_users (id) ON DELETE CASCADE,
    -- PHC string.
    password_hash TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject),
    CHECK ((issuer = 'password') = (password_hash IS NOT NULL)),
    CHECK (issuer <> 'password' OR subject = user_id)
);

INSERT INTO auth_new_accounts
    (issuer, subject, provider, user_id, password_hash, created_at, updated_at)
SELECT
    CASE provider
        WHEN 'password' THEN 'password'
        ELSE 'provider:' || provider
    END,
    subject, provider, user_id, password_hash, created_at, updated_at
FROM auth_accounts;

DROP TABLE auth_accounts;
ALTER TABLE auth_new_accounts RENAME TO auth_accounts;
CREATE INDEX auth_accounts_user_id ON auth_accounts (user_id);
