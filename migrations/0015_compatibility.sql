-- Which programs can live with these tables: one row with the oldest schema that a
-- program may know and go on. A program that knows less than is applied here looks it
-- up. Whatever applies a migration raises it to that migration's version, unless the
-- file begins with `-- Additive:` and says why programs before it miss nothing.
CREATE TABLE auth_compatibility (
    id TEXT NOT NULL PRIMARY KEY CHECK (id = 'schema'),
    oldest_program BIGINT NOT NULL
);

INSERT INTO auth_compatibility (id, oldest_program) VALUES ('schema', 0);
