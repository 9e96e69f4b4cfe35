-- The groups that the provider named by which the session began: names in order, with
-- commas between, 1,024 bytes at most. Of the session and not of the user: it is one
-- provider's word, and as old as the sign-in.
ALTER TABLE auth_sessions ADD COLUMN provider_groups TEXT NOT NULL DEFAULT '';
