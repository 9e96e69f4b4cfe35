-- Whether the user chose the name: then no provider's word changes it. Whoever has a
-- password typed a name when the account was made.
ALTER TABLE auth_users ADD COLUMN name_chosen BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE auth_users
SET name_chosen = TRUE
WHERE id IN (SELECT user_id FROM auth_accounts WHERE issuer = 'password');

-- When a user goes who has asked for that; nobody signs in as them until it is NULL
-- again. A program before it would let them in.
ALTER TABLE auth_users ADD COLUMN leaves_at BIGINT;
CREATE INDEX auth_users_leaves_at ON auth_users (leaves_at) WHERE leaves_at IS NOT NULL;
