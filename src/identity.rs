//! Whom does the app see? Identity fields, set or stripped in one place.

use crate::claims::{Claims, SKEW_SECONDS};
use crate::cookie::Verified;
use crate::head::Lines;
use crate::percent::push_encoded;
use crate::session::{StoredSession, StoredToken};

/// Every field by which the app learns who is asking. All of them are ours: a
/// visitor's copy never arrives, in no spelling, signed in or not.
pub const IDENTITY_FIELDS: [&str; 6] = [
    "x-forwarded-user",
    "x-forwarded-email",
    "x-forwarded-email-verified",
    "x-forwarded-name",
    "x-forwarded-provider",
    "x-forwarded-groups",
];

/// Who is asking, as the app is told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Identity<'a> {
    pub(crate) user_id: &'a str,
    pub(crate) email: &'a str,
    pub(crate) email_verified: bool,
    pub(crate) name: &'a str,
    pub(crate) provider: &'a str,
    /// Names in order, separated by commas.
    pub(crate) groups: &'a str,
    /// By which methods the user signed in; no app is told.
    pub(crate) amr: &'a str,
    /// When the user did so last, in Unix seconds; no app is told.
    pub(crate) auth_time: u64,
    /// When the session ends unless it is used, in Unix seconds. No app is told.
    pub(crate) good_until: u64,
    /// The fields that an app is told it by, where they are written already.
    pub(crate) told: Option<&'a Lines>,
}

impl<'a> Identity<'a> {
    /// Out of a cookie that we signed.
    pub(crate) fn of(claims: &Verified<'a>) -> Self {
        Self {
            told: Some(claims.told()),
            ..Self::of_claims(claims)
        }
    }

    fn of_claims(claims: &Claims<'a>) -> Self {
        Self {
            user_id: claims.user_id,
            email: claims.email,
            email_verified: claims.email_verified,
            name: claims.name,
            provider: claims.provider,
            groups: claims.groups,
            amr: claims.amr,
            auth_time: claims.auth_time,
            good_until: claims.expires_at,
            told: None,
        }
    }

    /// Out of the session's row.
    pub(crate) fn of_stored(session: &'a StoredSession) -> Self {
        let user = &session.user;
        Self {
            user_id: &user.id,
            email: &user.email,
            email_verified: user.email_verified,
            name: &user.name,
            provider: &session.provider,
            groups: &session.groups,
            amr: &session.amr,
            auth_time: session.auth_time,
            good_until: session.good_until(),
            told: None,
        }
    }

    /// How long ago the user signed in, in seconds; none where a clock says that it is
    /// yet to come.
    pub(crate) fn age(&self, now: u64) -> Option<u64> {
        now.saturating_add(SKEW_SECONDS)
            .checked_sub(self.auth_time)?;
        Some(now.saturating_sub(self.auth_time))
    }

    /// Out of a personal access token's row: nobody signed in for it.
    pub(crate) fn of_token(token: &'a StoredToken) -> Self {
        let user = &token.user;
        Self {
            user_id: &user.id,
            email: &user.email,
            email_verified: user.email_verified,
            name: &user.name,
            provider: "token",
            groups: &token.groups,
            amr: "",
            auth_time: 0,
            good_until: token.expires_at,
            told: None,
        }
    }

    fn values(&self) -> [&'a str; IDENTITY_FIELDS.len()] {
        let Self {
            user_id,
            email,
            email_verified,
            name,
            provider,
            groups,
            amr: _,
            auth_time: _,
            good_until: _,
            told: _,
        } = *self;
        [
            user_id,
            email,
            if email_verified { "true" } else { "false" },
            name,
            provider,
            groups,
        ]
    }
}

/// Sets every identity field, or none. The stripping is unconditional and by
/// folded name (see [`crate::reserved`]): it has happened by the time
/// these are set.
pub(crate) fn set(identity: Option<Identity<'_>>, lines: &mut Lines) {
    if let Some(told) = identity.and_then(|identity| identity.told) {
        lines.text().push_str(told.as_str());
        return;
    }
    let values = identity.map(|identity| identity.values());
    for (name, value) in IDENTITY_FIELDS
        .into_iter()
        .zip(values.into_iter().flatten())
    {
        lines.begin(name);
        encode_value(value, lines.text());
        lines.end();
    }
}

/// The fields of whoever a cookie is of, to be set whenever it is shown.
pub(crate) fn told(claims: &Claims<'_>) -> Lines {
    let mut lines = Lines::new();
    set(Some(Identity::of_claims(claims)), &mut lines);
    lines
}

/// A field value in visible ASCII and inner spaces: everything else, and `%`
/// itself, as percent-encoded UTF-8, so that decoding gives the text back.
fn encode_value(value: &str, text: &mut String) {
    // Without a way out of the loop the compiler takes many bytes at a time.
    let plain = value.bytes().fold(true, |plain, byte| {
        plain & matches!(byte, b' '..=b'~') & (byte != b'%')
    });
    if plain && !value.starts_with(' ') && !value.ends_with(' ') {
        text.push_str(value);
        return;
    }
    let last = value.len().saturating_sub(1);
    for (index, byte) in value.bytes().enumerate() {
        let inner_space = byte == b' ' && index != 0 && index != last;
        if inner_space || byte.is_ascii_graphic() && byte != b'%' {
            text.push(char::from(byte));
        } else {
            push_encoded(byte, text);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn encoded(value: &str) -> String {
        let mut text = String::new();
        encode_value(value, &mut text);
        text
    }

    #[test]
    fn values_are_visible_ascii_and_decode_to_the_text() {
        for (value, field) in [
            ("", ""),
            ("Ada Lovelace", "Ada Lovelace"),
            ("%", "%25"),
            ("%%", "%25%25"),
            ("Ada  ", "Ada %20"),
            (" Ada", "%20Ada"),
            (" ", "%20"),
            ("Zoë", "Zo%C3%AB"),
            ("Zoë Müller", "Zo%C3%AB M%C3%BCller"),
            ("100%", "100%25"),
            ("50%20", "50%2520"),
            (
                "a\r\nx-forwarded-user: root",
                "a%0D%0Ax-forwarded-user: root",
            ),
            ("a\tb\0c\u{7f}", "a%09b%00c%7F"),
            ("\u{202e}abc", "%E2%80%AEabc"),
            ("a@example.com", "a@example.com"),
        ] {
            assert_eq!(encoded(value), field, "{value:?}");
        }
    }

    #[test]
    fn nobody_has_no_identity_field() {
        let mut lines = Lines::new();
        set(None, &mut lines);
        assert!(lines.is_empty());
    }

    proptest! {
        #[test]
        fn any_value_is_one_field_and_decodes(value in any::<String>()) {
            let field = encoded(&value);
            prop_assert!(field.bytes().all(|byte| matches!(byte, b' '..=b'~')));
            prop_assert_eq!(field.trim(), &field);
            let decoded: Vec<_> = url::form_urlencoded::parse(field.replace('+', "%2B").replace('&', "%26").replace('=', "%3D").as_bytes()).into_owned().collect();
            let expected = if value.is_empty() { vec![] } else { vec![(value, String::new())] };
            prop_assert_eq!(decoded, expected);
        }
    }
}
