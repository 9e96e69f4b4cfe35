-- Another with every change, so that of two who change one record at once the second
-- is told.
ALTER TABLE auth_origins ADD COLUMN version BIGINT NOT NULL DEFAULT 0;

-- Its host, and the schema that is its own: no two origins have one. Empty where it has
-- none; NULL in a row that was kept before these were, until something is changed.
ALTER TABLE auth_origins ADD COLUMN host TEXT;
ALTER TABLE auth_origins ADD COLUMN own_schema TEXT;
CREATE UNIQUE INDEX auth_origins_host ON auth_origins (host) WHERE host <> '';
CREATE UNIQUE INDEX auth_origins_own_schema ON auth_origins (own_schema) WHERE own_schema <> '';
