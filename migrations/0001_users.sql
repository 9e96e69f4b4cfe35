-- Who there is. One row a person, whatever ways in they have.
-- Times are Unix seconds in UTC, ids are UUIDs in their text form.
CREATE TABLE auth_users (
    id TEXT NOT NULL PRIMARY KEY,
    -- Canonical (trimmed, lower case), so that unique means one person.
    email TEXT NOT NULL UNIQUE,
    email_verified BOOLEAN NOT NULL,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
