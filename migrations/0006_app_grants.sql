-- Which apps a user may use, where access is by grant.
CREATE TABLE auth_app_grants (
    user_id TEXT NOT NULL REFERENCES auth_users (id) ON DELETE CASCADE,
    app TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, app)
);
