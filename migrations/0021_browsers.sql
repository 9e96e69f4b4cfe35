-- Additive: a program before it leaves the columns empty, and the index is for lists that
-- it does not show.
--
-- By what a user knows a session: the browser that began it, as it calls itself, from
-- which address, and where that was by a trusted proxy's word.
ALTER TABLE auth_sessions ADD COLUMN user_agent TEXT NOT NULL DEFAULT '';
ALTER TABLE auth_sessions ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE auth_sessions ADD COLUMN region TEXT NOT NULL DEFAULT '';

-- A user's sessions in the order of their list, a page at a time.
CREATE INDEX auth_sessions_of_user ON auth_sessions (user_id, created_at, token_digest);

-- Whoever asks for all of a user asks that one.
DROP INDEX auth_sessions_user_id;
