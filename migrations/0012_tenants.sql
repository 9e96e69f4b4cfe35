-- Which origins have their users here, as each said when it came. A place goes with
-- the last of them, where it was made for one.
CREATE TABLE auth_tenants (
    -- An origin's name and since when it is there: another of the name is another. One
    -- that is written down in a variable has been there since 0.
    tenant TEXT NOT NULL PRIMARY KEY,
    -- 1 where the place was made for it, or for one that has left since; else 0.
    made BIGINT NOT NULL
);
