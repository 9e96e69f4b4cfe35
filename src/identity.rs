//! Whom does the app see? Identity fields, set or stripped in one place.

use crate::claims::Claims;
use crate::cookie::Verified;
use crate::head::Lines;
use crate::return_target::push_encoded;
use crate::session::StoredSession;

/// Every field by which the app learns who is asking. All of them are ours: a
/// visitor's copy never arrives, in no spelling, signed in or not.
pub const IDENTITY_FIELDS: [&str; 5] = [
    "x-forwarded-user",
    "x-forwarded-email",
    "x-forwarded-email-verified",
    "x-forwarded-name",
    "x-forwarded-provider",
];

/// Who is asking, as the app is told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Identity<'a> {
    pub(crate) user_id: &'a str,
    pub(crate) email: &'a str,
    pub(crate) email_verified: bool,
    pub(crate) name: &'a str,
    pub(crate) provider: &'a str,
}

impl<'a> Identity<'a> {
    /// Out of a cookie that we signed.
    pub(crate) fn of(claims: &Verified<Claims<'a>>) -> Self {
        Self {
            user_id: claims.user_id,
            email: claims.email,
            email_verified: claims.email_verified,
            name: claims.name,
            provider: claims.provider,
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
        }
    }

    fn values(&self) -> [&'a str; IDENTITY_FIELDS.len()] {
        let Self {
            user_id,
            email,
            email_verified,
            name,
            provider,
        } = *self;
        [
            user_id,
            email,
            if email_verified { "true" } else { "false" },
            name,
            provider,
        ]
    }
}

/// Sets every identity field, or none. The stripping is unconditional and by
/// folded name (see [`crate::forwarded::is_provenance`]): it has happened by the time
/// these are set.
pub(crate) fn set(identity: Option<Identity<'_>>, lines: &mut Lines) {
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
