-- What a sign-in was decided on, and whether that still holds when it is done.
-- Whoever adds, removes or changes a user's way in makes `revision` grow; whoever
-- begins a session, `sessions_begun`. Whoever acts on what was seen before names
-- the numbers that were seen, in the statement that locks the user's row.
ALTER TABLE auth_users ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;
ALTER TABLE auth_users ADD COLUMN sessions_begun BIGINT NOT NULL DEFAULT 0;
