//! What went wrong with the database, by a closed list? Every engine's errors
//! end here, and `convert` makes the port's from it.

mod mysql;

use std::fmt;

/// What a migration's block raises where it finds itself applied, and where what
/// is asked may not be. Of our own: SQLSTATE classes that begin with `G` are nobody's.
pub(crate) const APPLIED_SQLSTATE: &str = "GT001";
pub(crate) const REFUSED_SQLSTATE: &str = "GT002";

/// MySQL's numbers are shorter.
const SQLSTATE_LENGTH: usize = 5;

/// The kinds that somebody acts on differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// No connection, or the server has no time.
    Unavailable,
    /// The connection broke during a statement: it may or may not have run.
    Broken,
    /// The server undid the statement (a deadlock, a shutdown): it did not run.
    Undone,
    /// Writes are refused.
    ReadOnly,
    /// No room left.
    Full,
    /// A unique value is taken, or what the call rests on has gone.
    Conflict,
    /// A table or column is not there.
    Missing,
    /// A migration was applied by somebody else.
    Applied,
    /// The schema is newer than this program, or a migration failed.
    Schema,
    /// Anything else.
    Internal,
}

/// A failed statement, with what the operator needs to know about it.
#[derive(Clone, PartialEq)]
pub(crate) struct Failure {
    pub(crate) kind: Kind,
    /// Postgres' SQLSTATE, or the number of MySQL's error, where there is one.
    pub(crate) code: Option<String>,
    /// For the log: no URL, no parameters, no rows.
    pub(crate) detail: String,
}

impl Failure {
    pub(crate) fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            code: None,
            detail: detail.into(),
        }
    }

    pub(crate) fn internal(detail: impl Into<String>) -> Self {
        Self::new(Kind::Internal, detail)
    }

    /// The same of whoever wanted a connection: nothing has run yet, and the pool has tried.
    pub(crate) fn unconnected(self) -> Self {
        match self.kind {
            Kind::Broken => Self {
                kind: Kind::Unavailable,
                ..self
            },
            _ => self,
        }
    }

    /// One of several steps that are whole or nothing found nothing to do.
    pub(crate) fn undone_step() -> Self {
        Self::new(Kind::Conflict, "a step found what it rests on changed")
    }

    /// By SQLSTATE: <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
    pub(crate) fn from_sqlstate(code: &str, message: &str) -> Self {
        let kind = match code {
            "25006" => Kind::ReadOnly,
            "53100" => Kind::Full,
            "23505" | "23503" => Kind::Conflict,
            "42P01" | "42703" | "3F000" => Kind::Missing,
            APPLIED_SQLSTATE => Kind::Applied,
            // Deadlock and serialization failure; shutdown, crash, still starting; a
            // statement that a pooler of transactions has put on another connection.
            "40001" | "40P01" | "57P01" | "57P02" | "57P03" | "26000" | "42P05" => Kind::Undone,
            // Waited too long for a lock, a statement, a transaction or a seat.
            "55P03" | "57014" | "57P05" | "25P03" | "25P04" => Kind::Unavailable,
            _ if code.starts_with("08") || code.starts_with("53") => Kind::Unavailable,
            _ => Kind::Internal,
        };
        let detail = match code {
            "22P05" | "22021" => {
                "the database's encoding has not every character: make it anew with ENCODING 'UTF8'"
            }
            // The others of class 22 (data exception) quote the data.
            _ if code.starts_with("22") => "data exception",
            "26000" | "42P05" => {
                "a pooler of transactions lost a prepared statement: this host needs the database itself, or a pooler of sessions"
            }
            _ => message,
        };
        Self {
            kind,
            code: Some(code.to_owned()),
            detail: detail.to_owned(),
        }
    }

    /// By the text that tokio-postgres gives an error that did not come from the
    /// server. Spin passes its Debug form on, `Error { kind: Closed, … }`, other
    /// hosts what it shows to people.
    pub(crate) fn from_postgres_text(text: &str) -> Self {
        let kinds = [
            ("kind: Connect", Kind::Unavailable),
            ("kind: Timeout", Kind::Unavailable),
            ("kind: Closed", Kind::Broken),
            ("kind: Io", Kind::Broken),
            ("error connecting to server", Kind::Unavailable),
            ("timeout waiting for server", Kind::Unavailable),
            ("connection closed", Kind::Broken),
            ("error communicating with the server", Kind::Broken),
        ];
        let known = kinds.iter().find(|(sign, _)| text.contains(sign));
        Self::new(known.map_or(Kind::Internal, |(_, kind)| *kind), text)
    }

    /// By SQLite's own message, all that `spin:sqlite` passes on:
    /// <https://www.sqlite.org/rescode.html>.
    pub(crate) fn from_sqlite_text(text: &str) -> Self {
        let kinds = [
            ("UNIQUE constraint failed", Kind::Conflict),
            ("FOREIGN KEY constraint failed", Kind::Conflict),
            ("attempt to write a readonly database", Kind::ReadOnly),
            ("database or disk is full", Kind::Full),
            ("no such table", Kind::Missing),
            ("no such column", Kind::Missing),
            ("has no column named", Kind::Missing),
            ("database is locked", Kind::Unavailable),
            ("database table is locked", Kind::Unavailable),
            ("unable to open database file", Kind::Unavailable),
            ("disk I/O error", Kind::Unavailable),
            // What the host allows at once, and for how long.
            ("too many connections", Kind::Unavailable),
            ("interrupted", Kind::Unavailable),
        ];
        let known = kinds.iter().find(|(sign, _)| text.contains(sign));
        Self::new(known.map_or(Kind::Internal, |(_, kind)| *kind), text)
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?}: {self}", self.kind)
    }
}

/// One line for the operator.
impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = self.detail.split_whitespace().collect::<Vec<_>>().join(" ");
        match &self.code {
            Some(code) if code.len() < SQLSTATE_LENGTH => {
                write!(formatter, "{line} (error {code})")
            }
            Some(code) => write!(formatter, "{line} (SQLSTATE {code})"),
            None => formatter.write_str(&line),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Failure, Kind};

    #[test]
    fn every_sqlstate_that_somebody_acts_on_has_its_kind() {
        let cases = [
            ("08006", Kind::Unavailable),
            ("53300", Kind::Unavailable),
            ("53100", Kind::Full),
            ("57P01", Kind::Undone),
            ("40001", Kind::Undone),
            ("26000", Kind::Undone),
            ("25P04", Kind::Unavailable),
            ("40P01", Kind::Undone),
            ("55P03", Kind::Unavailable),
            ("57014", Kind::Unavailable),
            ("25006", Kind::ReadOnly),
            ("23505", Kind::Conflict),
            ("23503", Kind::Conflict),
            ("23514", Kind::Internal),
            ("42P01", Kind::Missing),
            ("GT001", Kind::Applied),
            ("42501", Kind::Internal),
            ("XX000", Kind::Internal),
            ("", Kind::Internal),
        ];
        for (code, kind) in cases {
            assert_eq!(Failure::from_sqlstate(code, "m").kind, kind, "{code}");
        }
    }

    #[test]
    fn data_that_postgres_quotes_is_not_repeated() {
        let failure = Failure::from_sqlstate("22P02", "invalid input syntax: \"hunter2\"");
        assert!(!format!("{failure:?}").contains("hunter2"));
    }

    #[test]
    fn every_sqlite_message_that_somebody_acts_on_has_its_kind() {
        let cases = [
            ("UNIQUE constraint failed: auth_users.email", Kind::Conflict),
            ("FOREIGN KEY constraint failed", Kind::Conflict),
            ("attempt to write a readonly database", Kind::ReadOnly),
            ("database or disk is full", Kind::Full),
            (
                "no such table: auth_migrations in SELECT 1 at offset 14",
                Kind::Missing,
            ),
            ("database is locked", Kind::Unavailable),
            ("unable to open database file: /x", Kind::Unavailable),
            (
                "CHECK constraint failed: length(token_digest) = 32",
                Kind::Internal,
            ),
            ("anything else", Kind::Internal),
        ];
        for (text, kind) in cases {
            assert_eq!(Failure::from_sqlite_text(text).kind, kind, "{text}");
        }
    }

    #[test]
    fn a_connection_that_broke_is_told_from_a_wrong_statement() {
        let cases = [
            ("Error { kind: Closed, cause: None }", Kind::Broken),
            (
                "Error { kind: Io, cause: Some(Os { code: 104 }) }",
                Kind::Broken,
            ),
            ("Error { kind: Connect, cause: None }", Kind::Unavailable),
            ("Error { kind: ToSql(0), cause: None }", Kind::Internal),
            ("connection closed", Kind::Broken),
            (
                "error communicating with the server: Broken pipe (os error 32)",
                Kind::Broken,
            ),
            ("timeout waiting for server", Kind::Unavailable),
            ("error serializing parameter 0", Kind::Internal),
        ];
        for (text, kind) in cases {
            assert_eq!(Failure::from_postgres_text(text).kind, kind, "{text}");
        }
    }
}
