-- The origins beside the one that the variables describe. They are looked up in
-- the main tables alone, so the file's name ends in `.main`: a place of its own
-- has neither table.
CREATE TABLE auth_origins (
    name TEXT NOT NULL PRIMARY KEY,
    -- Another's name, or `main`. It may have gone.
    parent TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('origin', 'preview')),
    state TEXT NOT NULL CHECK (state IN ('creating', 'ready', 'deleting')),
    branch TEXT NOT NULL,
    -- A JSON object of setting name and value.
    settings TEXT NOT NULL,
    -- Where its users and sessions are. The URL of a database of its own holds a
    -- password: sealed under the session keys, or empty.
    schema_name TEXT NOT NULL,
    sealed_url TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT
);

CREATE INDEX auth_origins_expires_at ON auth_origins (expires_at);

-- One row, whose number grows with every change above: to look whether anything
-- changed costs one read.
CREATE TABLE auth_origins_revision (
    id TEXT NOT NULL PRIMARY KEY CHECK (id = 'origins'),
    revision BIGINT NOT NULL
);

INSERT INTO auth_origins_revision (id, revision) VALUES ('origins', 1);
