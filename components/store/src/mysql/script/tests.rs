use std::collections::BTreeSet;

use super::{made, translated};
use crate::{
    migrations::MIGRATIONS,
    mysql::tokens::tokens,
    sql::{Kind, statements},
    statements::schema,
};

const COLLATION: &str = "utf8mb4_nopad_bin";

/// Types and ways of writing that they do not have. Whoever writes a migration sees
/// here that it is not translated, and in the store's contract what the server makes of
/// it.
const OURS: [&str; 8] = [
    "TEXT",
    "BYTEA",
    "SERIAL",
    "JSONB",
    "TIMESTAMPTZ",
    "CONFLICT",
    "RETURNING",
    "||",
];

#[test]
fn every_migration_is_translated() {
    let scripts = MIGRATIONS.iter().map(|migration| migration.text);
    let mut tables = BTreeSet::new();
    for text in std::iter::once(schema::CREATE_MIGRATIONS)
        .chain(scripts)
        .flat_map(statements)
    {
        for theirs in translated(text, COLLATION) {
            let words: Vec<_> = tokens(&theirs);
            for word in &words {
                assert!(
                    word.kind == Kind::Quoted || !OURS.contains(&&*word.text),
                    "{} in {theirs}",
                    word.text
                );
            }
            // Of some rows alone: no index is.
            let is_index = theirs.contains(" INDEX ");
            assert!(!is_index || !theirs.contains("WHERE"), "{theirs}");
            // Of a column alone it would not be minded.
            assert_eq!(
                theirs.matches("REFERENCES").count(),
                theirs.matches("FOREIGN KEY").count(),
                "{theirs}"
            );
            tables.extend(made(&theirs).map(str::to_owned));
        }
    }
    assert!(tables.len() >= schema::TABLES.len() - 1, "{tables:?}");
}

/// An index takes 3,072 bytes, of four a character.
#[test]
fn what_rows_are_found_by_has_a_length() {
    let table = "CREATE TABLE auth_users (id TEXT NOT NULL PRIMARY KEY, email TEXT NOT NULL UNIQUE, \
                 image TEXT NOT NULL DEFAULT '', hash BYTEA, token_digest BYTEA NOT NULL)";
    assert_eq!(
        translated(table, COLLATION),
        [
            "CREATE TABLE auth_users (id VARCHAR(255) NOT NULL PRIMARY KEY, \
          email VARCHAR(255) NOT NULL UNIQUE, image MEDIUMTEXT NOT NULL DEFAULT (''), \
          hash MEDIUMBLOB, token_digest VARBINARY(32) NOT NULL) ENGINE = InnoDB \
          DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin COMMENT 'made by Gatelet'"
        ]
    );
}

#[test]
fn a_reference_and_a_check_of_a_column_are_the_tables() {
    let table = "CREATE TABLE auth_a (user_id TEXT NOT NULL REFERENCES auth_users (id) ON DELETE CASCADE, \
                 token_digest BYTEA CHECK (length(token_digest) = 32))";
    let theirs = translated(table, COLLATION).remove(0);
    let end = "user_id VARCHAR(255) NOT NULL, token_digest VARBINARY(32), \
               FOREIGN KEY (user_id) REFERENCES auth_users (id) ON DELETE CASCADE, \
               CHECK (length(token_digest) = 32))";
    assert!(theirs.contains(end), "{theirs}");
}

#[test]
fn an_index_of_some_rows_is_one_of_a_column_that_is_null_in_the_others() {
    let ours = "CREATE UNIQUE INDEX auth_origins_host ON auth_origins (host) WHERE host <> ''";
    assert_eq!(
        translated(ours, COLLATION),
        [
            "ALTER TABLE auth_origins ADD COLUMN host_there VARCHAR(255) GENERATED ALWAYS AS (NULLIF(host, '')) VIRTUAL",
            "CREATE UNIQUE INDEX auth_origins_host ON auth_origins (host_there)",
            "CREATE INDEX auth_origins_host_found ON auth_origins (host)",
        ]
    );
    let slower = "CREATE INDEX auth_i ON auth_t (a) WHERE b IS NULL";
    assert_eq!(
        translated(slower, COLLATION),
        ["CREATE INDEX auth_i ON auth_t (a)"]
    );
}

#[test]
fn the_table_that_is_made_is_known_by_its_name() {
    assert_eq!(
        made("CREATE TABLE x__auth_users (id INT)"),
        Some("x__auth_users")
    );
    assert_eq!(made("CREATE TABLE auth_users(id INT)"), Some("auth_users"));
    assert_eq!(made("DROP TABLE auth_users"), None);
}
