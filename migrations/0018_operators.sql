-- When an operator switched the user off; NULL while nobody has. Not additive: a
-- program that does not know it would let the user in.
ALTER TABLE auth_users ADD COLUMN disabled_at BIGINT;

-- The names of the groups below that the user is in, in order, with commas
-- between, 1,024 bytes at most: what a session says of them costs no further read.
ALTER TABLE auth_users ADD COLUMN member_of TEXT NOT NULL DEFAULT '';

CREATE TABLE auth_groups (
    name TEXT NOT NULL PRIMARY KEY,
    created_at BIGINT NOT NULL
);

-- Goes with `member_of`, in one statement. A group with members stays.
CREATE TABLE auth_group_members (
    group_name TEXT NOT NULL REFERENCES auth_groups (name),
    user_id TEXT NOT NULL REFERENCES auth_users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (group_name, user_id)
);

CREATE INDEX auth_group_members_user_id ON auth_group_members (user_id);

-- Who may make an account where not everybody may, and what comes with it. Of the link
-- there is the SHA-256 alone.
CREATE TABLE auth_invitations (
    token_digest BYTEA NOT NULL PRIMARY KEY CHECK (length(token_digest) = 32),
    -- Canonical; empty for whoever has the link.
    email TEXT NOT NULL,
    -- The base URL that it is good at.
    origin TEXT NOT NULL,
    -- As in `auth_users`.
    member_of TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- NULL while it is good: not before all that comes with it is there.
    used_at BIGINT
);

CREATE UNIQUE INDEX auth_invitations_email ON auth_invitations (email, origin) WHERE email <> '';
CREATE INDEX auth_invitations_expires_at ON auth_invitations (expires_at);

CREATE TABLE auth_invitation_groups (
    token_digest BYTEA NOT NULL REFERENCES auth_invitations (token_digest) ON DELETE CASCADE,
    group_name TEXT NOT NULL REFERENCES auth_groups (name),
    PRIMARY KEY (token_digest, group_name)
);

CREATE INDEX auth_invitation_groups_name ON auth_invitation_groups (group_name);

CREATE TABLE auth_invitation_apps (
    token_digest BYTEA NOT NULL REFERENCES auth_invitations (token_digest) ON DELETE CASCADE,
    app TEXT NOT NULL,
    PRIMARY KEY (token_digest, app)
);
