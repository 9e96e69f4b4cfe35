-- The shortest time without use that an origin has allowed the session, of those where
-- it was used: apps of one login may allow different ones, and the strictest counts.
-- NULL until a session from before this is used.
ALTER TABLE auth_sessions ADD COLUMN idle_seconds BIGINT;
