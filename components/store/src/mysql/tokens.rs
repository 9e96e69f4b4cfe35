//! A text as a row of tokens, in which ours are told from theirs.

use crate::sql::{Kind, pieces};

/// A piece that is neither blank nor comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) text: String,
    pub(super) kind: Kind,
    /// Whether a blank stood before it.
    pub(super) is_apart: bool,
}

/// The parameter that stands for the id that a guard returned.
pub(super) const GUARD: usize = usize::MAX;

/// From here on parameters stand for the key of the row at hand, column by column.
pub(super) const KEY: usize = GUARD - 8;

pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut is_apart = false;
    for piece in pieces(text) {
        match piece.kind {
            Kind::Blank | Kind::Comment => is_apart = true,
            kind => {
                tokens.push(Token {
                    text: piece.text.to_owned(),
                    kind,
                    is_apart: std::mem::take(&mut is_apart),
                });
            }
        }
    }
    tokens
}

impl Token {
    pub(super) fn is(&self, text: &str) -> bool {
        self.text == text
    }
}

/// Tokens of a text of our own.
pub(super) fn own(text: &str) -> Vec<Token> {
    apart(&tokens(text))
}

/// The same, with a blank before them.
pub(super) fn apart(tokens: &[Token]) -> Vec<Token> {
    let mut tokens = tokens.to_vec();
    if let Some(first) = tokens.first_mut() {
        first.is_apart = true;
    }
    tokens
}

/// Whether the pattern's tokens stand here.
pub(super) fn stands(tokens: &[Token], at: usize, pattern: &[&str]) -> bool {
    let here = tokens.get(at..at + pattern.len());
    here.is_some_and(|here| here.iter().zip(pattern).all(|(token, text)| token.is(text)))
}

/// The place behind the bracket that closes the one at `open`.
pub(super) fn behind(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.text.as_str() {
            "(" => depth += 1,
            ")" => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    tokens.len()
}

/// The first of these words outside of brackets.
pub(super) fn find(tokens: &[Token], words: &[&str]) -> Option<usize> {
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at].is("(") {
            at = behind(tokens, at);
            continue;
        }
        if words.iter().any(|word| tokens[at].is(word)) {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// Parts between commas outside of brackets.
pub(super) fn listed(mut tokens: &[Token]) -> Vec<&[Token]> {
    let mut parts = Vec::new();
    while let Some(comma) = find(tokens, &[","]) {
        parts.push(&tokens[..comma]);
        tokens = &tokens[comma + 1..];
    }
    parts.push(tokens);
    parts
}

/// The text with `?` for parameters, and which they are in order.
pub(super) fn written(tokens: &[Token]) -> (String, Vec<usize>) {
    let (mut text, mut order) = (String::new(), Vec::new());
    for token in tokens {
        let is_apart = token.is_apart && !matches!(&*token.text, "," | ")");
        if is_apart && !text.is_empty() && !text.ends_with('(') {
            text.push(' ');
        }
        match token.kind {
            Kind::Parameter(number) => {
                text.push('?');
                order.push(number);
            }
            _ => text.push_str(&token.text),
        }
    }
    (text, order)
}

#[cfg(test)]
mod tests {
    use super::{behind, find, listed, own, stands, tokens, written};

    fn texts(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn a_text_is_words_and_signs_without_what_is_between() {
        let expected = ["SELECT", "a", ".", "b", ",", "'x -- y'", "FROM", "t"];
        assert_eq!(
            texts("SELECT a.b,\n 'x -- y' -- so; it is\n FROM t"),
            expected
        );
    }

    #[test]
    fn what_is_written_has_blanks_where_they_were_and_marks_for_parameters() {
        let (text, order) = written(&tokens("SELECT  f(a.b) + $2,\n$10 -- $1\nFROM t"));
        assert_eq!(text, "SELECT f(a.b) + ?, ? FROM t");
        assert_eq!(order, [2, 10]);
        assert!(own("a")[0].is_apart && !tokens("a")[0].is_apart);
    }

    #[test]
    fn a_bracket_ends_where_the_one_that_it_opened_with_does() {
        let all = tokens("f ( a ( b ) , c ) d");
        assert_eq!(behind(&all, 1), 9);
        assert_eq!(behind(&all, 3), 6);
        assert_eq!(behind(&tokens("( a"), 0), 2, "never closed");
    }

    #[test]
    fn words_within_brackets_are_not_found() {
        let all = tokens("SELECT (a FROM b) FROM c");
        assert_eq!(find(&all, &["FROM"]), Some(6));
        assert_eq!(find(&all, &["WHERE"]), None);
        assert!(stands(&all, 6, &["FROM", "c"]) && !stands(&all, 6, &["FROM", "c", "d"]));
    }

    #[test]
    fn a_list_is_cut_at_its_own_commas() {
        let all = tokens("a, f(b, c), d");
        let parts: Vec<_> = listed(&all).iter().map(|part| written(part).0).collect();
        assert_eq!(parts, ["a", "f(b, c)", "d"]);
        assert_eq!(listed(&[]).len(), 1);
    }
}
