//! What stands in a text of SQL, piece by piece? The one place that knows where
//! comments, literals and quoted names end. Statements are split at semicolons,
//! names placed and parameters counted by it.
//!
//! Dollar quotes and nested comments are unknown here and may not be in a text of
//! ours; a test sees to it.

/// One piece, of at least one character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece<'a> {
    pub(crate) kind: Kind,
    pub(crate) text: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A keyword, a bare name or a number.
    Word,
    /// `$1` and so on, by its number.
    Parameter(usize),
    /// To its end, or to the text's.
    Comment,
    /// A literal or a quoted name, to its end or to the text's. A doubled quote
    /// closes one and opens the next.
    Quoted,
    Semicolon,
    Blank,
    /// One other character.
    Sign,
}

/// All pieces in order; together they are the text.
pub(crate) fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (kind, length) = first(rest)?;
        let (text, after) = rest.split_at(length);
        rest = after;
        Some(Piece { kind, text })
    })
}

/// The statements of a script, without their semicolons and what surrounds them.
/// What is only comment is none.
pub(crate) fn statements(script: &str) -> impl Iterator<Item = &str> {
    let mut pieces = pieces(script);
    let mut at = 0;
    std::iter::from_fn(move || {
        let mut start = None;
        loop {
            let piece = pieces.next();
            let end = at;
            at += piece.map_or(0, |piece| piece.text.len());
            match (piece.map(|piece| piece.kind), start) {
                (Some(Kind::Semicolon) | None, Some(start)) => {
                    return Some(script[start..end].trim_end());
                }
                (None, None) => return None,
                (Some(Kind::Semicolon | Kind::Comment | Kind::Blank), None) => {}
                (Some(_), None) => start = Some(end),
                (Some(_), Some(_)) => {}
            }
        }
    })
}

/// The numbers of the `$n` parameters, each once, in the order in which they first
/// appear: SQLite numbers named parameters so.
pub(crate) fn parameters_in_order(text: &str) -> Vec<usize> {
    let mut order = Vec::new();
    let mut rest = text;
    // What comes before one of these is no parameter, and hides none.
    let telling = |text: &str| text.bytes().position(|byte| b"$'\"-/".contains(&byte));
    while let Some(at) = telling(rest) {
        rest = &rest[at..];
        let Some((kind, length)) = first(rest) else {
            break;
        };
        rest = &rest[length..];
        if let Kind::Parameter(number) = kind
            && !order.contains(&number)
        {
            order.push(number);
        }
    }
    order
}

/// The first piece's kind and length.
fn first(rest: &str) -> Option<(Kind, usize)> {
    let until = |from: usize, sign: &str| {
        rest[from..]
            .find(sign)
            .map_or(rest.len(), |found| from + found + sign.len())
    };
    let run = |is_part: fn(char) -> bool| rest.find(|c| !is_part(c)).unwrap_or(rest.len());
    let sign = rest.chars().next()?;
    Some(match sign {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '_' => {
            (Kind::Word, run(|c| c.is_ascii_alphanumeric() || c == '_'))
        }
        '$' => match parameter(&rest[1..]) {
            Some((number, digits)) => (Kind::Parameter(number), 1 + digits),
            None => (Kind::Sign, 1),
        },
        '-' if rest.starts_with("--") => (Kind::Comment, until(2, "\n")),
        '/' if rest.starts_with("/*") => (Kind::Comment, until(2, "*/")),
        '\'' => (Kind::Quoted, until(1, "'")),
        '"' => (Kind::Quoted, until(1, "\"")),
        ';' => (Kind::Semicolon, 1),
        _ if sign.is_whitespace() => (Kind::Blank, run(char::is_whitespace)),
        _ => (Kind::Sign, sign.len_utf8()),
    })
}

/// The number that follows a dollar, and its digits.
fn parameter(rest: &str) -> Option<(usize, usize)> {
    let digits = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    Some((rest[..digits].parse().ok()?, digits))
}

#[cfg(test)]
mod tests {
    use super::{Kind, parameters_in_order, pieces, statements};
    use crate::statements as all_statements;

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
            ("é; $x ; - 1", &["é", "$x", "- 1"]),
        ];
        for (script, expected) in cases {
            assert_eq!(
                statements(script).collect::<Vec<_>>(),
                *expected,
                "{script:?}"
            );
        }
    }

    #[test]
    fn parameters_are_counted_once_in_order_of_appearance() {
        assert_eq!(
            parameters_in_order("a = $2 AND b = $10 OR $2 < $1"),
            [2, 10, 1]
        );
        let none = "SELECT 1 -- $1\n, '$2', \"$3\" /* $4 */, $guard, $, $99999999999999999999";
        assert_eq!(parameters_in_order(none), [0usize; 0]);
        let hides = "$1 - $2 -- $3\n$4 / $5 /* $6 */ 'é' $7 '$8' a$9";
        let all =
            all_statements::tests::texts().chain([none, hides, "$1'$2", "é--$1", "$1-", "/$1"]);
        for text in all {
            let mut order = Vec::new();
            for piece in pieces(text) {
                match piece.kind {
                    Kind::Parameter(number) if !order.contains(&number) => order.push(number),
                    _ => {}
                }
            }
            assert_eq!(parameters_in_order(text), order, "{text}");
        }
        assert_eq!(parameters_in_order(hides), [1, 2, 4, 5, 7, 9]);
    }

    #[test]
    fn pieces_put_together_are_the_text() {
        for text in [
            "SELECT u.\"id\", 'it''s' -- why; not\nFROM auth_users u WHERE id = $1;\n/* end",
            "é\u{a0}ü$1é$$2--",
            "'",
            "/*/",
            "-",
        ] {
            let whole: String = pieces(text).map(|piece| piece.text).collect();
            assert_eq!(whole, text);
            assert!(pieces(text).all(|piece| !piece.text.is_empty()), "{text:?}");
        }
    }

    #[test]
    fn what_is_quoted_or_commented_is_one_piece() {
        let kinds = |text| pieces(text).map(|piece| piece.kind).collect::<Vec<_>>();
        assert_eq!(kinds("'a;b'"), [Kind::Quoted]);
        assert_eq!(kinds("\"a'b\""), [Kind::Quoted]);
        assert_eq!(kinds("'it''s'"), [Kind::Quoted, Kind::Quoted]);
        assert_eq!(kinds("-- a;b\n"), [Kind::Comment]);
        assert_eq!(kinds("/*/ a */"), [Kind::Comment]);
        assert_eq!(kinds("$12"), [Kind::Parameter(12)]);
    }
}
