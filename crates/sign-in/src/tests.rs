//! Do the parts hold together? Whole sign-ins, and vectors of others'.

use argon2::{Argon2, CustomizedPasswordHasher as _, Params, Version};
use gatelet_texts::{Language, are_sentences, problems, sign_in};

use crate::email::EmailError;
use crate::name::{NAME_MAX_CHARACTERS, NameError};
use crate::password::{PASSWORD_MAX_CHARACTERS, PASSWORD_MIN_CHARACTERS, PasswordError};

mod conformance;
pub(crate) mod test_provider;
mod wycheproof;

pub(crate) const NOW: u64 = 1_800_000_000;
/// Random, and used nowhere else.
pub(crate) const KEY: &str = "k1:Zq8wE3rT5yU7iO9pA1sD2fG4hJ6kL8zX0cV3bN5mQ7w";
/// Of `correct horse battery staple`.
pub(crate) const PASSPHRASE_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$BwcHBwcHBwcHBwcHBwcHBw$eZ8SueF3EIJEgtgpg1rLafWpNVv3dMTwc0KCOxG5CSg";

/// A PHC string of this password with parameters that are not today's.
pub(crate) fn outdated_hash(password: &str) -> String {
    let params = Params::new(8192, 3, 1, None).expect("within the limits");
    let version = Some(Version::V0x13.into());
    Argon2::default()
        .hash_password_customized(
            password.as_bytes(),
            &[7; 16],
            Some("argon2id"),
            version,
            params,
        )
        .expect("a hash")
        .to_string()
}

#[test]
fn what_is_wrong_with_a_field_has_a_code_and_a_sentence() {
    let email = |error: EmailError| (error.code(), error.message());
    let name = |error: NameError| (error.code(), error.message());
    let password = |error: PasswordError| (error.code(), error.message());
    for ((code, message), expected) in [
        (email(EmailError::Empty), "email.empty"),
        (email(EmailError::TooLong), "email.too_long"),
        (email(EmailError::Malformed), "email.malformed"),
        (name(NameError::Empty), "name.empty"),
        (name(NameError::TooLong), "name.too_long"),
        (name(NameError::Unprintable), "name.unprintable"),
        (password(PasswordError::Empty), "password.empty"),
        (password(PasswordError::TooShort), "password.too_short"),
        (password(PasswordError::TooLong), "password.too_long"),
        (password(PasswordError::Unprintable), "password.unprintable"),
        (password(PasswordError::Common), "password.common"),
        (password(PasswordError::Personal), "password.personal"),
        (password(PasswordError::Breached), "password.breached"),
    ] {
        assert_eq!(code, expected);
        assert!(are_sentences(message), "{code}");
    }
}

#[test]
fn bounds_are_said_as_they_are_in_every_language() {
    for (text, bound) in [
        (problems::NAME_TOO_LONG, NAME_MAX_CHARACTERS),
        (problems::PASSWORD_TOO_SHORT, PASSWORD_MIN_CHARACTERS),
        (problems::PASSWORD_TOO_LONG, PASSWORD_MAX_CHARACTERS),
        (sign_in::PASSWORD_HINT, PASSWORD_MIN_CHARACTERS),
    ] {
        for language in Language::ALL {
            let text = text.of(language);
            let numbers = text.split(|c: char| !c.is_ascii_digit());
            let numbers: Vec<_> = numbers.filter(|digits| !digits.is_empty()).collect();
            assert_eq!(numbers, [bound.to_string()], "{text}");
        }
    }
}
