//! What does a statement do? Its first word says most of it, and SQLite, which has prepared it,
//! whether it only reads.

pub(super) const BEGIN: &str = "BEGIN IMMEDIATE";
pub(super) const COMMIT: &str = "COMMIT";

/// What a statement does to its database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    None,
    /// It changes rows, which SQLite counts, and nothing else.
    Rows,
    Any,
}

impl Effect {
    /// Of a statement that SQLite has prepared.
    pub(super) fn of(statement: &str, reads: bool) -> Self {
        match reads {
            true => Self::None,
            false if begins_with(statement, &CHANGES_ROWS) => Self::Rows,
            false => Self::Any,
        }
    }
}

/// Whether a statement looks at rows or changes some, and can end no transaction but by failing.
pub(super) fn is_of_rows(statement: &str) -> bool {
    begins_with(statement, &CHANGES_ROWS) || begins_with(statement, &["SELECT"])
}

/// Whether a statement is this one, and is nothing else.
pub(super) fn is(statement: &str, this: &str) -> bool {
    statement.trim_ascii().eq_ignore_ascii_case(this)
}

/// Whether a statement sets or does something beside the rows of its database.
pub(super) fn is_pragma(statement: &str) -> bool {
    begins_with(statement, &["PRAGMA"])
}

/// What statements begin with that change rows. `WITH` may also read.
const CHANGES_ROWS: [&str; 5] = ["DELETE", "INSERT", "REPLACE", "UPDATE", "WITH"];

fn begins_with(statement: &str, words: &[&str]) -> bool {
    let mut parts = statement
        .trim_start()
        .split(|c: char| !c.is_ascii_alphabetic());
    let word = parts.next().unwrap_or_default();
    words.iter().any(|one| one.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_does_what_its_first_word_says() {
        for (statement, reads, effect) in [
            ("SELECT 1", true, Effect::None),
            ("WITH a AS (SELECT 1) SELECT * FROM a", true, Effect::None),
            ("INSERT INTO kept VALUES (1)", false, Effect::Rows),
            (
                "\n with a AS (SELECT 1) DELETE FROM kept",
                false,
                Effect::Rows,
            ),
            ("replace into kept VALUES (1)", false, Effect::Rows),
            ("DELETED", false, Effect::Any),
            ("CREATE TABLE kept (it)", false, Effect::Any),
            ("/* */ UPDATE kept SET it = 1", false, Effect::Any),
            ("", false, Effect::Any),
        ] {
            assert_eq!(Effect::of(statement, reads), effect, "{statement}");
        }
    }

    #[test]
    fn what_only_looks_at_rows_or_changes_them_is_told_from_what_may_end_a_transaction() {
        for of_rows in [
            "SELECT 1",
            "\n with a AS (SELECT 1) DELETE FROM kept",
            "Insert INTO a",
        ] {
            assert!(is_of_rows(of_rows), "{of_rows}");
        }
        for other in [
            "COMMIT",
            "ROLLBACK",
            "CREATE INDEX a",
            "PRAGMA x",
            "SELECTED",
            "",
        ] {
            assert!(!is_of_rows(other), "{other}");
        }
        assert!(is("\t commit\n", COMMIT) && is("Begin Immediate", BEGIN));
        // SQLite knows no such blank, nor these as the same.
        for other in ["\u{a0}COMMIT", "COMMIT;", "COMMIT TRANSACTION", "END"] {
            assert!(!is(other, COMMIT), "{other}");
        }
        assert!(is_pragma(" pragma x") && !is_pragma("SELECT 'PRAGMA'"));
    }
}
