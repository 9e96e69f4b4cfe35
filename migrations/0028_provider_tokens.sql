-- Additive: a program before it keeps no tokens, and leaves these as they are.
--
-- What a provider gave for an account when it signed its user in: an access token, and what
-- a new one is had for. Encrypted under a key that is not here; NULL where nothing is kept.
ALTER TABLE auth_accounts ADD COLUMN sealed_tokens BYTEA;
