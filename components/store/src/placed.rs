//! How does one text of a statement reach the tables of any place? Every name of
//! ours begins with `auth_`; where it stands in the text, the schema is written
//! before it.
//!
//! On Postgres `auth_users` becomes `"x".auth_users`. No search path is set: it
//! would stay with a pooled connection. What gets its name (an index) is written
//! bare, since Postgres makes it beside its table. SQLite has no schemas: there
//! `x__auth_users` is the table's name, and the index's too. So it is on MySQL, where
//! schemas are databases.

use std::{borrow::Cow, fmt::Write};

use crate::{
    place::Schema,
    sql::{Kind, pieces},
};

/// What every table and index of ours begins with, and nothing else does.
const PREFIX: &str = "auth_";

/// By which means tables are kept apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Namespace {
    /// Postgres' schemas.
    Schema,
    /// SQLite's want of them.
    Prefix,
    /// The same with less room: MySQL's.
    ShortPrefix,
}

/// One statement's text for the tables of a schema; as it is for those without.
pub(crate) fn placed<'a>(
    text: &'a str,
    namespace: Namespace,
    schema: Option<&Schema>,
) -> Cow<'a, str> {
    let Some(schema) = schema else {
        return Cow::Borrowed(text);
    };
    let mut placed = String::with_capacity(text.len() * 2);
    let mut words = Words::default();
    for piece in pieces(text) {
        let is_word = piece.kind == Kind::Word;
        if is_word && piece.text.starts_with(PREFIX) {
            match (namespace, words.role(&placed)) {
                (Namespace::Schema, Role::Table) => write!(placed, "\"{schema}\"."),
                (Namespace::Prefix, Role::Table | Role::NewName) => write!(placed, "{schema}__"),
                (Namespace::ShortPrefix, Role::Table | Role::NewName) => {
                    write!(placed, "{}__", schema.short())
                }
                (Namespace::Schema, Role::NewName) | (_, Role::Other) => Ok(()),
            }
            .expect("a String takes every write");
        }
        if is_word {
            words.note(piece.text);
        }
        placed.push_str(piece.text);
    }
    Cow::Owned(placed)
}

/// What a name of ours stands for.
enum Role {
    /// A table, wherever it is read, written, made or referred to.
    Table,
    /// What is made here: an index, a table's new name.
    NewName,
    /// A constraint, which lives in its table; a column.
    Other,
}

/// The words before a name, by which its role is known.
#[derive(Default)]
struct Words<'a> {
    first: &'a str,
    before_last: &'a str,
    last: &'a str,
}

impl<'a> Words<'a> {
    fn note(&mut self, word: &'a str) {
        // They stand between a keyword and its name and say nothing of the role.
        if ["IF", "NOT", "EXISTS"].contains(&word) {
            return;
        }
        if self.first.is_empty() {
            self.first = word;
        }
        self.before_last = std::mem::replace(&mut self.last, word);
    }

    fn role(&self, written: &str) -> Role {
        match (self.first, self.before_last, self.last) {
            _ if written.ends_with(['.', '$', '@', ':']) => Role::Other,
            (_, _, "CONSTRAINT") => Role::Other,
            ("CREATE", _, "INDEX") | (_, "RENAME", "TO") => Role::NewName,
            _ => Role::Table,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Namespace, placed};
    use crate::{
        migrations::MIGRATIONS,
        place::Schema,
        sql::{Kind, pieces, statements},
        statements::{self, schema},
    };

    fn both(text: &str) -> [String; 2] {
        let schema = Schema::parse("x").unwrap();
        [Namespace::Schema, Namespace::Prefix]
            .map(|namespace| placed(text, namespace, Some(&schema)).into_owned())
    }

    /// Everything that ever runs in a place.
    fn every_text() -> Vec<&'static str> {
        let migrations = MIGRATIONS.iter().flat_map(|m| statements(m.text));
        migrations
            .chain(statements::tests::texts())
            .chain([
                schema::CREATE_MIGRATIONS,
                schema::IS_APPLIED,
                schema::RECORD,
                schema::RAISE_OLDEST_PROGRAM,
            ])
            .collect()
    }

    #[test]
    fn a_name_is_placed_by_its_role() {
        let cases = [
            (
                "SELECT u.id FROM auth_users u",
                "SELECT u.id FROM \"x\".auth_users u",
                "SELECT u.id FROM x__auth_users u",
            ),
            (
                "SELECT 1 FROM auth_accounts a JOIN auth_users u ON u.id = a.user_id",
                "SELECT 1 FROM \"x\".auth_accounts a JOIN \"x\".auth_users u ON u.id = a.user_id",
                "SELECT 1 FROM x__auth_accounts a JOIN x__auth_users u ON u.id = a.user_id",
            ),
            (
                "UPDATE auth_sessions SET a = 1 RETURNING (SELECT e FROM auth_users WHERE id = auth_sessions.user_id)",
                "UPDATE \"x\".auth_sessions SET a = 1 RETURNING (SELECT e FROM \"x\".auth_users WHERE id = \"x\".auth_sessions.user_id)",
                "UPDATE x__auth_sessions SET a = 1 RETURNING (SELECT e FROM x__auth_users WHERE id = x__auth_sessions.user_id)",
            ),
            (
                "INSERT INTO auth_x (a) VALUES ($1) ON CONFLICT (a) DO UPDATE SET b = auth_x.b",
                "INSERT INTO \"x\".auth_x (a) VALUES ($1) ON CONFLICT (a) DO UPDATE SET b = \"x\".auth_x.b",
                "INSERT INTO x__auth_x (a) VALUES ($1) ON CONFLICT (a) DO UPDATE SET b = x__auth_x.b",
            ),
            (
                "INSERT INTO auth_x (a) VALUES ($1) ON CONFLICT ON CONSTRAINT auth_x_key DO NOTHING",
                "INSERT INTO \"x\".auth_x (a) VALUES ($1) ON CONFLICT ON CONSTRAINT auth_x_key DO NOTHING",
                "INSERT INTO x__auth_x (a) VALUES ($1) ON CONFLICT ON CONSTRAINT auth_x_key DO NOTHING",
            ),
            (
                "CREATE TABLE IF NOT EXISTS auth_x (u TEXT REFERENCES auth_users (id), CONSTRAINT auth_x_u CHECK (u <> 'auth_users'))",
                "CREATE TABLE IF NOT EXISTS \"x\".auth_x (u TEXT REFERENCES \"x\".auth_users (id), CONSTRAINT auth_x_u CHECK (u <> 'auth_users'))",
                "CREATE TABLE IF NOT EXISTS x__auth_x (u TEXT REFERENCES x__auth_users (id), CONSTRAINT auth_x_u CHECK (u <> 'auth_users'))",
            ),
            (
                "CREATE UNIQUE INDEX IF NOT EXISTS auth_x_u ON auth_x (u)",
                "CREATE UNIQUE INDEX IF NOT EXISTS auth_x_u ON \"x\".auth_x (u)",
                "CREATE UNIQUE INDEX IF NOT EXISTS x__auth_x_u ON x__auth_x (u)",
            ),
            (
                "DROP INDEX IF EXISTS auth_x_u",
                "DROP INDEX IF EXISTS \"x\".auth_x_u",
                "DROP INDEX IF EXISTS x__auth_x_u",
            ),
            (
                "ALTER TABLE auth_x RENAME TO auth_y",
                "ALTER TABLE \"x\".auth_x RENAME TO auth_y",
                "ALTER TABLE x__auth_x RENAME TO x__auth_y",
            ),
            (
                "DELETE FROM auth_x WHERE EXISTS (SELECT 1 FROM auth_y)",
                "DELETE FROM \"x\".auth_x WHERE EXISTS (SELECT 1 FROM \"x\".auth_y)",
                "DELETE FROM x__auth_x WHERE EXISTS (SELECT 1 FROM x__auth_y)",
            ),
            (
                "SELECT c.auth_at, 'auth_users', \"auth_users\" -- auth_users\n/* auth_users */ FROM not_auth_users",
                "SELECT c.auth_at, 'auth_users', \"auth_users\" -- auth_users\n/* auth_users */ FROM not_auth_users",
                "SELECT c.auth_at, 'auth_users', \"auth_users\" -- auth_users\n/* auth_users */ FROM not_auth_users",
            ),
            ("", "", ""),
            ("'auth_ unclosed", "'auth_ unclosed", "'auth_ unclosed"),
            ("é auth_é", "é \"x\".auth_é", "é x__auth_é"),
        ];
        for (text, postgres, sqlite) in cases {
            assert_eq!(both(text), [postgres, sqlite], "{text}");
        }
    }

    #[test]
    fn every_name_in_every_statement_and_migration_is_placed() {
        for text in every_text() {
            let [postgres, sqlite] = both(text);
            assert_eq!(sqlite.replace("x__auth_", "auth_"), text);
            assert_eq!(postgres.replace("\"x\".auth_", "auth_"), text);

            let code = without_comments(text);
            let names = code.matches("auth_").count();
            assert_ne!(names, 0, "{text}");
            assert_eq!(sqlite.matches("x__auth_").count(), names, "{sqlite}");
            let count = |what| code.matches(what).count();
            // One that is dropped is found where its table is.
            let made = [
                count("INDEX auth_") - count("DROP INDEX auth_"),
                count("RENAME TO auth_"),
            ];
            assert_eq!(
                postgres.matches("\"x\".auth_").count(),
                names - made.iter().sum::<usize>(),
                "{postgres}"
            );
        }
    }

    #[test]
    fn the_main_tables_are_reached_by_the_text_itself() {
        for text in every_text() {
            assert_eq!(placed(text, Namespace::Schema, None), text);
            assert_eq!(placed(text, Namespace::Prefix, None), text);
        }
    }

    /// `a` and `a__b` would otherwise share a table by the name of `a__b__auth_x`.
    #[test]
    fn no_name_of_ours_has_two_underscores_in_a_row() {
        for text in every_text() {
            assert!(!text.contains("__"), "{text}");
        }
    }

    fn without_comments(text: &str) -> String {
        let code = pieces(text).filter(|piece| piece.kind != Kind::Comment);
        code.map(|piece| piece.text).collect()
    }
}
