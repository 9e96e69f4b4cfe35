//! What does a statement of ours become for MySQL? The same, word by word, where it has
//! another word.

use super::tokens::{GUARD, Token, behind, own, stands};
use crate::sql::Kind;

/// All but what takes several statements: `RETURNING`, and what reads the table that it
/// changes.
pub(super) fn translated(tokens: &[Token]) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    let id = || Token {
        text: "?".to_owned(),
        kind: Kind::Parameter(GUARD),
        is_apart: true,
    };
    while at < tokens.len() {
        let here = |pattern: &[&str]| stands(tokens, at, pattern);
        if here(&["IN", "(", "SELECT", "id", "FROM", "guard", ")"]) {
            out.extend(own("="));
            out.push(id());
            at += 7;
        } else if here(&["EXISTS", "(", "SELECT", "1", "FROM", "guard", ")"])
            || here(&["EXISTS", "(", "SELECT", "id", "FROM", "guard", ")"])
        {
            out.extend(own("TRUE"));
            at += 7;
        } else if here(&["guard", ".", "id"]) {
            out.push(id());
            at += 3;
        } else if here(&["FROM", "guard", "JOIN"]) {
            out.extend(own("FROM (SELECT 1 AS one) AS guard"));
            at += 2;
        } else if here(&["FROM", "guard"]) || here(&["FROM", "before"]) {
            out.extend(own("FROM DUAL"));
            at += 2;
        } else if here(&["AS", "TEXT"]) {
            out.extend(own("AS CHAR"));
            at += 2;
        } else if here(&["AS", "BIGINT"]) || here(&["AS", "BOOLEAN"]) {
            out.extend(own("AS SIGNED"));
            at += 2;
        } else if here(&["AS", "until"]) {
            at += 2;
        } else if here(&["ON", "CONFLICT"]) {
            let action = behind(tokens, at + 2);
            if stands(tokens, action, &["DO", "NOTHING"]) {
                at = action + 2;
            } else {
                out.extend(own("ON DUPLICATE KEY UPDATE"));
                at = action + 3;
            }
        } else if here(&["excluded", "."]) {
            out.extend(own("VALUES("));
            out.push(Token {
                is_apart: false,
                ..tokens[at + 2].clone()
            });
            out.extend(own(")"));
            at += 3;
        } else if here(&["IN", "(", "SELECT"]) {
            // No `LIMIT` right within `IN`.
            let end = behind(tokens, at + 1);
            let inner = translated(&tokens[at + 2..end - 1]);
            match inner.iter().any(|token| token.is("LIMIT")) {
                true => {
                    out.extend(own("IN (SELECT * FROM ("));
                    out.extend(inner);
                    out.extend(own(") AS chosen)"));
                }
                false => {
                    out.extend(own("IN ("));
                    out.extend(inner);
                    out.extend(own(")"));
                }
            }
            at = end;
        } else if here(&["/"]) {
            // Of integers, as elsewhere.
            out.extend(own("DIV"));
            at += 1;
        } else if tokens[at].is("key") && tokens[at].kind == Kind::Word {
            // A word of theirs.
            out.push(Token {
                text: "`key`".to_owned(),
                ..tokens[at].clone()
            });
            at += 1;
        } else {
            out.push(tokens[at].clone());
            at += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{super::tokens, translated};

    fn theirs(text: &str) -> String {
        tokens::written(&translated(&tokens::tokens(text))).0
    }

    #[test]
    fn words_of_ours_become_theirs() {
        for (ours, expected) in [
            ("SELECT CAST($1 AS TEXT)", "SELECT CAST(? AS CHAR)"),
            ("SELECT CAST($1 AS BIGINT)", "SELECT CAST(? AS SIGNED)"),
            (
                "WHERE NOT CAST($1 AS BOOLEAN)",
                "WHERE NOT CAST(? AS SIGNED)",
            ),
            ("SELECT a / 2", "SELECT a DIV 2"),
            ("SELECT key FROM t", "SELECT `key` FROM t"),
            ("SELECT full_at AS until", "SELECT full_at"),
            ("SELECT 'guard.id / key'", "SELECT 'guard.id / key'"),
        ] {
            assert_eq!(theirs(ours), expected);
        }
    }

    #[test]
    fn what_a_guard_returned_is_a_parameter() {
        for (ours, expected) in [
            ("SELECT guard.id, 1 FROM guard", "SELECT ?, 1 FROM DUAL"),
            ("WHERE a IN (SELECT id FROM guard)", "WHERE a = ?"),
            ("WHERE EXISTS (SELECT 1 FROM guard)", "WHERE TRUE"),
            (
                "SELECT 1 FROM before WHERE TRUE",
                "SELECT 1 FROM DUAL WHERE TRUE",
            ),
            (
                "SELECT a FROM guard JOIN t ON t.b = guard.id",
                "SELECT a FROM (SELECT 1 AS one) AS guard JOIN t ON t.b = ?",
            ),
        ] {
            assert_eq!(theirs(ours), expected);
        }
    }

    #[test]
    fn a_row_that_is_there_is_changed_or_left() {
        for (ours, expected) in [
            (
                "INSERT INTO t (a) VALUES ($1) ON CONFLICT (a) DO NOTHING",
                "INSERT INTO t (a) VALUES (?)",
            ),
            (
                "INSERT INTO t (a, b) VALUES ($1, $2) ON CONFLICT (a) DO UPDATE SET b = excluded.b",
                "INSERT INTO t (a, b) VALUES (?, ?) ON DUPLICATE KEY UPDATE b = VALUES(b)",
            ),
        ] {
            assert_eq!(theirs(ours), expected);
        }
    }

    #[test]
    fn no_limit_stands_right_within_in() {
        assert_eq!(
            theirs("DELETE FROM t WHERE a IN (SELECT a FROM t LIMIT $1)"),
            "DELETE FROM t WHERE a IN (SELECT * FROM (SELECT a FROM t LIMIT ?) AS chosen)"
        );
        assert_eq!(
            theirs("SELECT 1 WHERE a IN (SELECT CAST(b AS TEXT) FROM t)"),
            "SELECT 1 WHERE a IN (SELECT CAST(b AS CHAR) FROM t)"
        );
    }
}
