//! As whom does the visitor mean to sign in? A word to the provider and to our own form,
//! on which nothing is decided (OpenID Connect Core 1.0 §3.1.2.1).

use std::fmt;

/// Longest one, in bytes: an email address.
const MAX_BYTES: usize = 254;

/// An address or a name, as an app or the visitor said it.
#[derive(Clone, PartialEq, Eq)]
pub struct LoginHint(String);

impl LoginHint {
    /// The query's parameter, here and at a provider.
    pub const PARAMETER: &'static str = "login_hint";

    /// What is empty, too long or no line of text is no hint.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let fits = (1..=MAX_BYTES).contains(&text.len()) && !text.chars().any(char::is_control);
        fits.then(|| Self(text.to_owned()))
    }

    /// The text, which anybody may have written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path with it.
    #[must_use]
    pub fn on(&self, path: &str) -> String {
        let joint = if path.contains('?') { '&' } else { '?' };
        let pair = gatelet_forms::encode([(Self::PARAMETER, self.as_str())]);
        format!("{path}{joint}{pair}")
    }
}

/// It most often is an address: in no log.
impl fmt::Debug for LoginHint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("LoginHint")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_is_one_short_line_and_is_encoded() {
        let (longest, long) = ("a".repeat(254), "a".repeat(255));
        for (text, expected) in [
            ("ann@acme.com", Some("/x?login_hint=ann%40acme.com")),
            (" ann ", Some("/x?login_hint=ann")),
            ("a&prompt=none", Some("/x?login_hint=a%26prompt%3Dnone")),
            ("", None),
            ("  ", None),
            ("a\r\nb", None),
            (&long, None),
        ] {
            let on = LoginHint::parse(text).map(|hint| hint.on("/x"));
            assert_eq!(on.as_deref(), expected, "{text:?}");
        }
        let hint = LoginHint::parse(&longest).expect("a hint");
        assert!(hint.on("/x?a=b").starts_with("/x?a=b&login_hint=a"));
        assert_eq!(format!("{hint:?}"), "LoginHint");
    }
}
