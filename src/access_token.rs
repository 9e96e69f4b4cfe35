//! What do programs show in place of a session, and what is it good for?
//!
//! A personal access token is `gat_`, 160 random bits and a checksum, in hexadecimal
//! digits: scanners of code find one by its form, and know by the checksum that it is no
//! other text. The checksum keeps no secret and proves nothing.

use core::fmt;

use sha2::{Digest as _, Sha256};

use crate::secret::Secret;

/// Random bytes that [`AccessToken::from_random`] takes.
pub const TOKEN_BYTES: usize = 20;
/// What every token begins with.
pub const PREFIX: &str = "gat_";
/// Bytes of the checksum.
const CHECKSUM_BYTES: usize = 4;
/// The scope of a token that is good for every app.
pub const EVERY_APP: &str = "*";

/// A token of the right form; whose it is, the store knows.
#[derive(Clone)]
pub struct AccessToken(Secret);

impl AccessToken {
    /// A new token, out of fresh random bytes.
    #[must_use]
    pub fn from_random(bytes: [u8; TOKEN_BYTES]) -> Self {
        let mut text = String::from(PREFIX);
        push_hex(&mut text, &bytes);
        let checksum = checksum(&text);
        push_hex(&mut text, &checksum);
        Self(Secret::new(text))
    }

    /// What somebody shows, where it has the form of a token and its checksum: anything
    /// else is nobody's, and no database is asked.
    #[must_use]
    pub fn parse(shown: &str) -> Option<Self> {
        let length = PREFIX.len() + 2 * (TOKEN_BYTES + CHECKSUM_BYTES);
        if shown.len() != length || !shown.is_ascii() {
            return None;
        }
        let (text, sum) = shown.split_at(length - 2 * CHECKSUM_BYTES);
        let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if !text.strip_prefix(PREFIX)?.bytes().all(is_hex) {
            return None;
        }
        let mut expected = String::new();
        push_hex(&mut expected, &checksum(text));
        (sum == expected).then(|| Self(Secret::new(shown.to_owned())))
    }

    /// The text, to be shown once to whoever made it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// What the database knows it by: SHA-256 of the text.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.expose()).into()
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("AccessToken(…)")
    }
}

/// Whether scopes as they are kept, ids of apps by single spaces or `*`, let a program use
/// an app, in any case of letters. An origin that is no app is for `*` alone.
#[must_use]
pub fn allow(scopes: &str, app: Option<&str>) -> bool {
    scopes == EVERY_APP
        || app.is_some_and(|app| {
            let mut listed = scopes.split(' ');
            !app.is_empty() && listed.any(|scope| scope.eq_ignore_ascii_case(app))
        })
}

fn checksum(text: &str) -> [u8; CHECKSUM_BYTES] {
    let digest: [u8; 32] = Sha256::digest(text).into();
    [digest[0], digest[1], digest[2], digest[3]]
}

fn push_hex(text: &mut String, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_token_is_known_by_its_form() {
        let token = AccessToken::from_random([0xab; TOKEN_BYTES]);
        let text = token.expose();
        assert_eq!(text.len(), 52);
        assert!(
            text.starts_with(&format!("gat_{}", "ab".repeat(20))),
            "{text}"
        );
        assert_eq!(format!("{token:?}"), "AccessToken(…)");
    }

    #[test]
    fn what_is_no_token_is_told_without_asking() {
        let token = AccessToken::from_random([7; TOKEN_BYTES]);
        let text = token.expose();
        let last_is_other = format!("{}x", &text[..text.len() - 1]);
        for shown in [
            "",
            "gat_",
            &text[1..],
            &format!("{text}0"),
            &format!(" {text}"),
            &text.to_uppercase(),
            &text.replace("gat_", "gax_"),
            &text.replacen('7', "8", 1),
            &last_is_other,
            &"\u{fc}".repeat(26),
        ] {
            assert!(AccessToken::parse(shown).is_none(), "{shown}");
        }
    }

    #[test]
    fn scopes_are_apps_by_name_or_all() {
        for (scopes, app, allowed) in [
            ("*", Some("wiki"), true),
            ("*", None, true),
            ("wiki blog", Some("blog"), true),
            ("wiki blog", Some("BLOG"), true),
            ("wiki blog", Some("blo"), false),
            ("wiki blog", Some("wiki blog"), false),
            ("wiki blog", None, false),
            ("wiki", Some(""), false),
            ("wiki  blog", Some(""), false),
            ("", Some(""), false),
            ("", None, false),
            ("**", Some("wiki"), false),
        ] {
            assert_eq!(allow(scopes, app), allowed, "{scopes:?} {app:?}");
        }
    }

    proptest! {
        #[test]
        fn every_token_is_parsed_as_itself(bytes: [u8; TOKEN_BYTES]) {
            let token = AccessToken::from_random(bytes);
            let parsed = AccessToken::parse(token.expose()).expect("a token");
            prop_assert_eq!(parsed.digest(), token.digest());
        }
    }
}
