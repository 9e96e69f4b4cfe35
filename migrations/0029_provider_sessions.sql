-- Additive: a program before it writes none.
--
-- The provider's own name for its session with whoever signed in by it (`sid` of the ID
-- token), of 255 bytes at most: by it the provider says later that the session is over.
-- Empty where it gave none.
ALTER TABLE auth_sessions ADD COLUMN provider_session TEXT NOT NULL DEFAULT '';
CREATE INDEX auth_sessions_provider_session ON auth_sessions (provider_session)
    WHERE provider_session <> '';
