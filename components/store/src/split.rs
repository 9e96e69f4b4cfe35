//! Where does one statement of a migration end and the next begin? Hosts take
//! one statement at a time.
//!
//! A semicolon ends a statement, unless it is in a comment, a literal or a
//! quoted name. What would need more than that (triggers, dollar quotes) may
//! not be in a migration; a test sees to it.

/// The statements of a migration, without their semicolons and surrounding
/// blanks. What is only comment is none.
pub(crate) fn statements(script: &str) -> impl Iterator<Item = &str> {
    let mut rest = script;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let end = end_of_statement(rest);
            let statement = rest[..end].trim();
            rest = rest.get(end + 1..).unwrap_or_default();
            if !without_leading_comments(statement).is_empty() {
                return Some(without_leading_comments(statement));
            }
        }
        None
    })
}

/// Where the first semicolon is that ends a statement, or the end.
fn end_of_statement(script: &str) -> usize {
    let bytes = script.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        at = match bytes[at] {
            b';' => return at,
            b'-' if bytes[at..].starts_with(b"--") => after(script, at, "\n"),
            b'/' if bytes[at..].starts_with(b"/*") => after(script, at + 2, "*/"),
            // A doubled quote closes one literal and opens the next.
            b'\'' => after(script, at + 1, "'"),
            b'"' => after(script, at + 1, "\""),
            _ => at + 1,
        };
    }
    bytes.len()
}

fn after(script: &str, from: usize, sign: &str) -> usize {
    script[from..]
        .find(sign)
        .map_or(script.len(), |found| from + found + sign.len())
}

fn without_leading_comments(statement: &str) -> &str {
    let mut rest = statement.trim();
    while rest.starts_with("--") || rest.starts_with("/*") {
        let end = if rest.starts_with("--") {
            after(rest, 0, "\n")
        } else {
            after(rest, 2, "*/")
        };
        rest = rest[end..].trim_start();
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::statements;

    #[test]
    fn a_script_splits_where_a_statement_ends() {
        let cases: &[(&str, &[&str])] = &[
            ("", &[]),
            (" ;; \n;", &[]),
            ("-- only; a comment", &[]),
            ("/* a; b */", &[]),
            ("SELECT 1", &["SELECT 1"]),
            ("SELECT 1; SELECT 2;", &["SELECT 1", "SELECT 2"]),
            ("-- first; of two\nSELECT 1; -- and; last\n", &["SELECT 1"]),
            (
                "SELECT ';'; SELECT 'it''s; so'",
                &["SELECT ';'", "SELECT 'it''s; so'"],
            ),
            ("SELECT \"a;b\";", &["SELECT \"a;b\""]),
            (
                "SELECT 1 -- a; b\n, 2; SELECT 3",
                &["SELECT 1 -- a; b\n, 2", "SELECT 3"],
            ),
            ("SELECT /* ; */ 1;", &["SELECT /* ; */ 1"]),
            ("SELECT 'unclosed; literal", &["SELECT 'unclosed; literal"]),
            ("SELECT 'ü;é'; SELECT 2", &["SELECT 'ü;é'", "SELECT 2"]),
        ];
        for (script, expected) in cases {
            assert_eq!(
                statements(script).collect::<Vec<_>>(),
                *expected,
                "{script:?}"
            );
        }
    }
}
