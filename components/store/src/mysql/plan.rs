//! How does one statement of ours run where there is no `RETURNING`, and where no table is
//! read that is changed? Rows are found and locked, changed by their keys, and read.

mod change;
mod insert;
#[cfg(test)]
mod tests;

use super::{
    dialect::translated,
    script,
    tokens::{Token, find, tokens, written},
};

/// A statement, and what it takes to run it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Plan {
    /// Rows are read.
    Read(Text),
    /// Rows are changed, none is read. Where a row of this key is there, nothing is done.
    Change { text: Text, unless: bool },
    /// A row is made, and read. Where `taken` finds one, nothing is done.
    Make {
        insert: Text,
        taken: Option<Text>,
        read: Text,
    },
    /// A row is changed, made where there is none, and read.
    Put {
        change: Text,
        insert: Text,
        read: Option<Text>,
    },
    /// Rows are found and locked, then changed one by one by the values of their keys; and
    /// read before that or after, where they are.
    Find {
        find: Text,
        change: Text,
        read: Option<Text>,
        is_read_first: bool,
    },
}

/// With `?`, and whose value each is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) text: String,
    pub(super) order: Vec<usize>,
}

impl Text {
    fn of(tokens: &[Token]) -> Self {
        let (text, order) = written(tokens);
        Self { text, order }
    }
}

impl Plan {
    pub(super) fn of(text: &str) -> Self {
        let ours = tokens(text);
        let unless = insert::unless(&ours);
        let theirs = translated(&ours);
        let (body, returned) = match find(&theirs, &["RETURNING"]) {
            Some(at) => (&theirs[..at], Some(&theirs[at + 1..])),
            None => (&theirs[..], None),
        };
        match body.first().map(|token| token.text.as_str()) {
            Some("INSERT") => insert::plan(body, returned, unless.as_deref()),
            Some("UPDATE" | "DELETE") => change::plan(body, returned),
            Some("CREATE") => Self::Read(Text::of(&script::typed(&ours, script::CHECK))),
            _ => Self::Read(Text::of(body)),
        }
    }

    /// Whether it is one statement.
    pub(super) fn is_one(&self) -> bool {
        matches!(self, Self::Read(_) | Self::Change { .. })
    }
}
