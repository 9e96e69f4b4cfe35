//! `name=value` pairs as libpq takes them in one string:
//! <https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-KEYWORD-VALUE>

/// Names and values. None for what is no such string.
pub(super) fn pairs(written: &str) -> Option<Vec<(String, String)>> {
    let mut pairs = Vec::new();
    let mut rest = written.trim_start();
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=')?;
        let (value, after) = value(after.trim_start())?;
        pairs.push((name.trim_end().to_owned(), value));
        rest = after.trim_start();
    }
    let are_names = pairs.iter().all(|(name, _)| super::is_name(name));
    (are_names && !pairs.is_empty()).then_some(pairs)
}

/// A value, quoted or up to the next blank, and what follows it. A backslash takes
/// the next character as it is.
fn value(written: &str) -> Option<(String, &str)> {
    let (quoted, inner) = match written.strip_prefix('\'') {
        Some(inner) => (true, inner),
        None => (false, written),
    };
    let mut value = String::new();
    let mut characters = inner.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => value.push(characters.next()?.1),
            '\'' if quoted => return Some((value, &inner[at + 1..])),
            blank if !quoted && blank.is_whitespace() => return Some((value, &inner[at..])),
            other => value.push(other),
        }
    }
    (!quoted).then_some((value, ""))
}

#[cfg(test)]
mod tests {
    use super::pairs;

    #[test]
    fn pairs_are_read_with_quotes_and_backslashes() {
        type Case = (
            &'static str,
            Option<&'static [(&'static str, &'static str)]>,
        );
        let cases: [Case; 7] = [
            ("host=h user=u", Some(&[("host", "h"), ("user", "u")])),
            (" host = 'a b'\tx=", Some(&[("host", "a b"), ("x", "")])),
            (
                r"password='it\'s' x=a\ b",
                Some(&[("password", "it's"), ("x", "a b")]),
            ),
            ("host='open", None),
            ("host", None),
            ("", None),
            ("a.b=c", None),
        ];
        for (written, expected) in cases {
            let expected = expected.map(|pairs| {
                let owned = |(name, value): &(&str, &str)| ((*name).into(), (*value).into());
                pairs.iter().map(owned).collect::<Vec<(String, String)>>()
            });
            assert_eq!(pairs(written), expected, "{written}");
        }
    }
}
