//! Is this the shared passphrase, and how is one set?

use gatelet_core::passphrase::PassphraseHash;
use gatelet_core::secret::Secret;

use crate::derivation::Derivation;
use crate::foreign_hash::ForeignHash;
use crate::password::{
    NewPassword, PasswordCheck, PasswordError, SALT_BYTES, TypedPassword, is_usable,
};

/// What `passphrase_hash` is to be set to, out of a fresh random salt. A
/// passphrase is held to what a password is held to. Takes some 20 ms and 19 MiB.
pub fn hash_passphrase(
    typed: &str,
    salt: [u8; SALT_BYTES],
) -> Result<Derivation<Secret>, PasswordError> {
    let hash = NewPassword::parse_shared(typed)?.hash(salt);
    Ok(hash.map(Secret::new))
}

/// Whether somebody typed the passphrase. What is wrong costs what is right costs.
pub fn is_passphrase(typed: &str, hash: &PassphraseHash) -> Derivation<bool> {
    let checked = TypedPassword::new(typed).check(Some(hash.expose()));
    checked.map(|checked| match checked {
        // The operator chose its parameters, and hashes anew to change them.
        PasswordCheck::Right | PasswordCheck::RightButOutdated => true,
        PasswordCheck::Wrong => false,
    })
}

/// Whether anything can be checked against a hash: it is a PHC string whose
/// parameters can be afforded for every guess.
#[must_use]
pub fn is_checkable(hash: &PassphraseHash) -> bool {
    !ForeignHash::is_one(hash.expose()) && is_usable(hash.expose())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::PASSPHRASE_HASH;

    const SALT: [u8; SALT_BYTES] = [7; SALT_BYTES];

    fn is_passphrase(typed: &str, hash: &PassphraseHash) -> bool {
        let checked = super::is_passphrase(typed, hash);
        checked.here().expect("affordable")
    }

    #[test]
    fn a_new_passphrase_is_hashed_as_settings_want_it() {
        let hash = hash_passphrase("correct horse battery staple", SALT).expect("long enough");
        let hash = hash.here().expect("affordable");
        assert_eq!(hash.expose(), PASSPHRASE_HASH);
        assert!(PassphraseHash::parse(hash.expose()).is_ok());
        for (typed, error) in [
            ("", PasswordError::Empty),
            ("vqmzkhr", PasswordError::TooShort),
            ("password1", PasswordError::Common),
            ("vqmz\nkhrt", PasswordError::Unprintable),
            (&"xy".repeat(65), PasswordError::TooLong),
        ] {
            assert_eq!(
                hash_passphrase(typed, SALT).map(|_| ()),
                Err(error),
                "{typed}"
            );
        }
    }

    #[test]
    fn only_the_passphrase_is_right() {
        let hash = PassphraseHash::parse(PASSPHRASE_HASH).expect("the fixture's");
        assert!(is_passphrase("correct horse battery staple", &hash));
        // A no-break space looks like any other.
        assert!(is_passphrase("correct horse\u{a0}battery staple", &hash));
        for typed in [
            "",
            "correct horse battery stapl",
            "correct horse battery staple ",
            "Correct horse battery staple",
            PASSPHRASE_HASH,
            &"x".repeat(10_000_000),
        ] {
            assert!(
                !is_passphrase(typed, &hash),
                "{}",
                typed.get(..40).unwrap_or(typed)
            );
        }
    }

    #[test]
    fn a_hash_with_other_parameters_that_settings_take_is_checked_too() {
        let hash = PassphraseHash::parse(ELSEWHERE).expect("affordable");
        assert!(is_passphrase("correct horse battery staple", &hash));
        assert!(!is_passphrase("correct horse battery stable", &hash));
    }

    #[test]
    fn a_hash_that_nothing_can_be_checked_against_is_told() {
        let part = |from: &str, to: &str| PASSPHRASE_HASH.replace(from, to);
        for (text, checkable) in [
            (PASSPHRASE_HASH, true),
            (ELSEWHERE, true),
            (&part("m=19456", "m=4194304"), false),
            (&part("t=2", "t=1000"), false),
            (&part("m=19456", "m=0"), false),
            (&part("$Bw", "$$Bw"), false),
            (&PASSPHRASE_HASH[..60], false),
            (&format!("{PASSPHRASE_HASH}$x"), false),
        ] {
            let hash = PassphraseHash::parse(text).expect("it looks like one");
            assert_eq!(is_checkable(&hash), checkable, "{text}");
        }
    }

    /// By the reference implementation in C.
    const ELSEWHERE: &str = "$argon2id$v=19$m=8192,t=3,p=2$CQkJCQkJCQkJCQkJCQkJCQ$9KOjHPDiu8/8ojzTJLTBfLrjWUoJ0ahCOXWMoY1gbkk";
}
