//! Is this password good enough to set, and is it the one that was set?

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use gatelet_hashing::{Algorithm, Params, Version, Work};
use gatelet_texts::{Text, problems};
use subtle::ConstantTimeEq as _;

use crate::common_password::is_easily_guessed;
use crate::derivation::Derivation;
use crate::email::Email;
use crate::foreign_hash::ForeignHash;
use gatelet_core::secret::Secret;

/// Shortest password, in characters after normalisation (NIST SP 800-63B §3.1.1.2).
pub const PASSWORD_MIN_CHARACTERS: usize = 8;
/// Longest password, in characters after normalisation: room for any passphrase.
pub const PASSWORD_MAX_CHARACTERS: usize = 128;
/// Random bytes that [`NewPassword::hash`] takes.
pub const SALT_BYTES: usize = 16;

/// Argon2id as OWASP's first choice for 19 MiB has it; one lane, because wasm
/// has one thread.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// What no account has: verifying against it costs what verifying a real hash
/// costs. Its password is 32 random bytes that were thrown away.
const NOBODYS_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$aEDzHv6m42OSg4rGM4K4KQ$KVZO52K8B/+z+ssSwPGy83WNnMpLP+Lb0pexQ3A8nls";

/// A password that passes the policy, normalised, to be hashed and stored.
#[derive(Debug)]
pub struct NewPassword(Secret);

/// A password somebody typed to sign in, normalised, good or not.
#[derive(Debug)]
pub struct TypedPassword(Secret);

/// Why a password may not be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordError {
    /// Nothing was typed.
    Empty,
    /// Under [`PASSWORD_MIN_CHARACTERS`].
    TooShort,
    /// Over [`PASSWORD_MAX_CHARACTERS`].
    TooLong,
    /// Holds control characters, which a keyboard somewhere will not type.
    Unprintable,
    /// Among the passwords that are tried first.
    Common,
    /// Is the address, the part before its `@`, or the name.
    Personal,
    /// Is known from a breach elsewhere: [`crate::breached`] says so.
    Breached,
}

/// What a typed password is against a stored hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PasswordCheck {
    /// Not this one, or there is none.
    Wrong,
    /// This one.
    Right,
    /// This one, and the hash has outdated parameters: hash anew and store.
    RightButOutdated,
}

impl NewPassword {
    /// Judges a password for this person: length, characters, and what is
    /// guessed first. No rules of composition and no expiry (NIST SP 800-63B
    /// §3.1.1.2). `name` may be empty.
    pub fn parse(typed: &str, email: &Email, name: &str) -> Result<Self, PasswordError> {
        let personal = [email.as_str(), email.local_part(), &name.to_lowercase()];
        Self::parse_for(&personal, typed)
    }

    /// The same for a passphrase that several people share, and so is nobody's.
    pub(super) fn parse_shared(typed: &str) -> Result<Self, PasswordError> {
        Self::parse_for(&[], typed)
    }

    fn parse_for(personal: &[&str], typed: &str) -> Result<Self, PasswordError> {
        if typed.is_empty() {
            return Err(PasswordError::Empty);
        }
        if is_oversized(typed) {
            return Err(PasswordError::TooLong);
        }
        if typed.chars().any(char::is_control) {
            return Err(PasswordError::Unprintable);
        }
        let password = normalised(typed);
        let text = password.expose();
        match text.chars().count() {
            ..PASSWORD_MIN_CHARACTERS => return Err(PasswordError::TooShort),
            PASSWORD_MIN_CHARACTERS..=PASSWORD_MAX_CHARACTERS => {}
            _ => return Err(PasswordError::TooLong),
        }
        let folded = Secret::new(text.to_lowercase());
        if personal
            .iter()
            .any(|word| !word.is_empty() && *word == folded.expose().trim())
        {
            return Err(PasswordError::Personal);
        }
        if is_easily_guessed(folded.expose()) {
            return Err(PasswordError::Common);
        }
        Ok(Self(password))
    }

    /// The text, normalised, in UTF-8: what a digest is made of.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.expose().as_bytes()
    }

    /// The PHC string to store (Argon2id, m=19456 KiB, t=2, p=1), out of a fresh
    /// random salt. Takes some 20 ms and 19 MiB.
    pub fn hash(&self, salt: [u8; SALT_BYTES]) -> Derivation<String> {
        hash(&self.0, salt)
    }
}

impl TypedPassword {
    /// Normalises what was typed, as [`NewPassword::parse`] does. What is too
    /// long for any password here is taken as the empty text, which is nobody's.
    #[must_use]
    pub fn new(typed: &str) -> Self {
        Self(if is_oversized(typed) {
            Secret::new(String::new())
        } else {
            normalised(typed)
        })
    }

    /// Checks against the stored PHC string. With None, because there is no such
    /// user or the user has no password, it does the same work and says
    /// [`PasswordCheck::Wrong`]; likewise where nothing can be checked against it.
    pub(crate) fn check(&self, stored: Option<&str>) -> Derivation<PasswordCheck> {
        if let Some(foreign) = stored.and_then(ForeignHash::parse)
            && let Some(work) = foreign.work(&self.0)
        {
            // Right or not, it is the last time: what fits is hashed anew.
            return Derivation::new(work, move |outcome| match foreign.is_outcome(outcome) {
                true => PasswordCheck::RightButOutdated,
                false => PasswordCheck::Wrong,
            });
        }
        let usable = stored.and_then(|stored| self.against(stored));
        let known = usable.is_some();
        let (work, hash) = usable.unwrap_or_else(|| {
            let nobodys = self.against(NOBODYS_HASH);
            nobodys.expect("the constant is a PHC string within the limits")
        });
        Derivation::new(work, move |outcome| {
            let wanted = hash.hash.as_ref().map_or(&[][..], Output::as_bytes);
            // Before anything else is asked, so that it costs the same.
            let matches = bool::from(outcome.ct_eq(wanted)) && !wanted.is_empty();
            match (known && matches, is_current(&hash)) {
                (true, true) => PasswordCheck::Right,
                (true, false) => PasswordCheck::RightButOutdated,
                (false, _) => PasswordCheck::Wrong,
            }
        })
    }

    /// What is to be computed to check against a PHC string; None where nothing can be
    /// checked against it.
    fn against(&self, stored: &str) -> Option<(Work, PasswordHash)> {
        let hash = PasswordHash::new(stored).ok()?;
        let salt = hash.salt.as_ref()?.to_vec();
        hash.hash.as_ref()?;
        let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
        let version = hash
            .version
            .map_or(Ok(Version::default()), Version::try_from);
        let params = Params::try_from(&hash).ok()?;
        let how = (algorithm, version.ok()?);
        let work = Work::new(self.0.clone(), how, params, salt).ok()?;
        Some((work, hash))
    }

    /// The PHC string to store in place of an outdated one. The password was
    /// good enough once and is the person's: the policy is not asked again.
    pub(crate) fn rehash(&self, salt: [u8; SALT_BYTES]) -> Derivation<String> {
        hash(&self.0, salt)
    }
}

/// What was typed, for the fuzz target to compare.
#[cfg(any(test, feature = "fuzz"))]
impl NewPassword {
    pub(crate) fn exposed(&self) -> &str {
        self.0.expose()
    }
}

#[cfg(any(test, feature = "fuzz"))]
impl TypedPassword {
    pub(crate) fn exposed(&self) -> &str {
        self.0.expose()
    }
}

impl PasswordError {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "password.empty",
            Self::TooShort => "password.too_short",
            Self::TooLong => "password.too_long",
            Self::Unprintable => "password.unprintable",
            Self::Common => "password.common",
            Self::Personal => "password.personal",
            Self::Breached => "password.breached",
        }
    }

    /// What the visitor reads beside the field.
    #[must_use]
    pub const fn message(self) -> Text {
        match self {
            Self::Empty => problems::PASSWORD_EMPTY,
            Self::TooShort => problems::PASSWORD_TOO_SHORT,
            Self::TooLong => problems::PASSWORD_TOO_LONG,
            Self::Unprintable => problems::PASSWORD_UNPRINTABLE,
            Self::Common => problems::PASSWORD_COMMON,
            Self::Personal => problems::PASSWORD_PERSONAL,
            Self::Breached => problems::PASSWORD_BREACHED,
        }
    }
}

/// NFC with every kind of space as U+0020: RFC 8265 §4.2.2 (OpaqueString), so that
/// two keyboards that look alike type the same password. Nothing is trimmed or
/// folded.
fn normalised(typed: &str) -> Secret {
    let spaced = Secret::new(
        typed
            .chars()
            .map(|character| if is_space(character) { ' ' } else { character })
            .collect::<String>(),
    );
    Secret::new(
        icu_normalizer::ComposingNormalizerBorrowed::new_nfc()
            .normalize(spaced.expose())
            .into_owned(),
    )
}

/// Unicode category Zs.
const fn is_space(character: char) -> bool {
    matches!(
        character,
        ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'
            ..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

/// Before any work is done: no text of so many bytes normalises to one within
/// the limit, as a character has at most 4 bytes and NFC joins at most a few.
fn is_oversized(typed: &str) -> bool {
    typed.len() > PASSWORD_MAX_CHARACTERS * 16
}

fn hash(password: &Secret, salt: [u8; SALT_BYTES]) -> Derivation<String> {
    let how = (Algorithm::Argon2id, Version::V0x13);
    let work = Work::new(password.clone(), how, parameters(), salt.to_vec())
        .expect("constant parameters and a salt of 16 bytes are within the limits");
    Derivation::new(work, move |outcome| {
        const FITS: &str = "within what a PHC string takes, as the limits are";
        PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&parameters()).expect(FITS),
            salt: Some(Salt::new(&salt).expect(FITS)),
            hash: Output::new(outcome).ok(),
        }
        .to_string()
    })
}

fn parameters() -> Params {
    Params::new(MEMORY_KIB, PASSES, LANES, None).expect("constants within Argon2's limits")
}

/// Whether a password can be checked against a hash that is kept, or would be.
#[must_use]
pub fn is_checkable(stored: &str) -> bool {
    is_usable(stored)
}

/// Whether a stored PHC string can be checked against at all.
pub(super) fn is_usable(stored: &str) -> bool {
    let anything = TypedPassword(Secret::new(String::new()));
    let foreign = ForeignHash::parse(stored);
    foreign.is_some_and(|foreign| foreign.work(&anything.0).is_some())
        || anything.against(stored).is_some()
}

fn is_current(hash: &PasswordHash) -> bool {
    let current = parameters();
    hash.algorithm == Algorithm::Argon2id.ident()
        && hash.version == Some(Version::V0x13.into())
        && Params::try_from(hash).is_ok_and(|params| {
            (params.m_cost(), params.t_cost(), params.p_cost())
                == (current.m_cost(), current.t_cost(), current.p_cost())
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::outdated_hash;
    use proptest::prelude::*;

    fn ann() -> Email {
        Email::parse("ann.lee@example.com").expect("an address")
    }

    fn set(typed: &str) -> Result<NewPassword, PasswordError> {
        NewPassword::parse(typed, &ann(), "Ann Lee")
    }

    fn hash(typed: &str, salt: [u8; SALT_BYTES]) -> String {
        let hash = set(typed).expect("good").hash(salt);
        hash.here().expect("affordable")
    }

    fn check(typed: &TypedPassword, stored: Option<&str>) -> PasswordCheck {
        typed.check(stored).here().expect("affordable")
    }

    #[test]
    fn passphrases_in_any_script_are_welcome() {
        for typed in [
            "vqmzkhrt",
            "correct horse battery staple",
            "  spaces  at the ends ",
            "\u{43f}\u{440}\u{438}\u{432}\u{435}\u{442} \u{43c}\u{438}\u{440}!",
            "\u{1f98a}\u{1f98b}\u{1f98c}\u{1f98d}\u{1f98e}\u{1f98f}\u{1f990}\u{1f991}",
            &"quite long ".repeat(11),
        ] {
            assert!(set(typed).is_ok(), "{typed}");
        }
    }

    #[test]
    fn only_so_much_is_looked_at() {
        // Nine bytes each before NFC, three afterwards, and no syllable twice in a row.
        let syllables = ["\u{1100}\u{1161}\u{11a8}", "\u{1102}\u{1163}\u{11ab}"];
        let longest: String = (0..128).map(|n| syllables[n % 5 % 2]).collect();
        assert!(longest.len() > 1000 && set(&longest).is_ok());
        for (bytes, error) in [
            (2048, PasswordError::Unprintable),
            (2049, PasswordError::TooLong),
        ] {
            let typed = ["\n", &"x".repeat(bytes - 1)].concat();
            assert_eq!(set(&typed).err(), Some(error), "{bytes}");
        }
    }

    #[test]
    fn weak_passwords_are_refused() {
        for (typed, error) in [
            ("", PasswordError::Empty),
            ("vqmzkhr", PasswordError::TooShort),
            // Seven characters, although fourteen code points before NFC.
            (&"u\u{308}".repeat(7), PasswordError::TooShort),
            (&"xy".repeat(65), PasswordError::TooLong),
            (&"x".repeat(10_000_000), PasswordError::TooLong),
            ("vqmz\0khrt", PasswordError::Unprintable),
            ("vqmz\nkhrt", PasswordError::Unprintable),
            ("Password1", PasswordError::Common),
            ("QWERTYUIOP", PasswordError::Common),
            ("aaaaaaaaaaaa", PasswordError::Common),
            ("ann.lee@example.com", PasswordError::Personal),
            ("ANN.LEE@example.com", PasswordError::Personal),
            (" ann.lee ", PasswordError::Personal),
        ] {
            assert_eq!(
                set(typed).err(),
                Some(error),
                "{}",
                typed.get(..40).unwrap_or(typed)
            );
        }
        let email = Email::parse("a@example.com").expect("an address");
        assert_eq!(
            NewPassword::parse("Annabel Lee", &email, "Annabel Lee").err(),
            Some(PasswordError::Personal)
        );
    }

    #[test]
    fn a_hash_is_a_phc_string_and_knows_its_password() {
        let stored = hash("vqmzkhrt", [7; SALT_BYTES]);
        assert!(
            stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$BwcHBwcHBwcHBwcHBwcHBw$"),
            "{stored}"
        );
        assert_eq!(
            check(&TypedPassword::new("vqmzkhrt"), Some(&stored)),
            PasswordCheck::Right
        );
        for wrong in ["vqmzkhru", "vqmzkhrt ", "VQMZKHRT", "", "vqmzkhr"] {
            assert_eq!(
                check(&TypedPassword::new(wrong), Some(&stored)),
                PasswordCheck::Wrong,
                "{wrong:?}"
            );
        }
        assert_ne!(stored, hash("vqmzkhrt", [8; SALT_BYTES]), "the salt counts");
    }

    #[test]
    fn two_ways_to_type_one_password_are_one() {
        let hash = hash("Gr\u{fc}\u{df}e\u{a0}aus Wien", [7; SALT_BYTES]);
        assert_eq!(
            check(
                &TypedPassword::new("Gru\u{308}\u{df}e aus Wien"),
                Some(&hash)
            ),
            PasswordCheck::Right
        );
    }

    #[test]
    fn outdated_parameters_ask_for_a_new_hash() {
        let outdated = outdated_hash("vqmzkhrt");
        let typed = TypedPassword::new("vqmzkhrt");
        assert_eq!(
            check(&typed, Some(&outdated)),
            PasswordCheck::RightButOutdated
        );
        assert_eq!(
            check(&TypedPassword::new("vqmzkhru"), Some(&outdated)),
            PasswordCheck::Wrong
        );
        assert_eq!(
            check(
                &typed,
                Some(&typed.rehash([9; SALT_BYTES]).here().expect("affordable"))
            ),
            PasswordCheck::Right
        );
    }

    #[test]
    fn nobodys_hash_costs_what_everybodys_costs() {
        let nobodys = PasswordHash::new(NOBODYS_HASH).expect("a PHC string");
        assert!(is_current(&nobodys) && is_usable(NOBODYS_HASH));
        let real = hash("vqmzkhrt", [7; SALT_BYTES]);
        assert_eq!(NOBODYS_HASH.len(), real.len());
    }

    #[test]
    fn without_a_usable_hash_no_password_is_right() {
        let typed = TypedPassword::new("vqmzkhrt");
        let greedy = "$argon2id$v=19$m=4194304,t=2,p=1$BwcHBwcHBwcHBwcHBwcHBw$7iLTzjUBMOWIpAfWiE0oYBNVPLhx0NaDHSFVwPzyqqE";
        for stored in [
            None,
            Some(""),
            Some("vqmzkhrt"),
            Some("$argon2id$"),
            Some("$2b$12$abcdefghijklmnopqrstuv"),
            Some("$2b$31$abcdefghijklmnopqrstuu5Lz1J2jZ6sW1c8Q9v3Z4b5c6d7e8f9g"),
            Some(greedy),
        ] {
            assert_eq!(check(&typed, stored), PasswordCheck::Wrong, "{stored:?}");
        }
        assert_eq!(
            check(&TypedPassword::new(&"x".repeat(10_000_000)), None),
            PasswordCheck::Wrong
        );
    }

    proptest! {
        #[test]
        fn what_may_be_set_is_normalised_once_for_all(typed in "\\PC{0,140}") {
            if let Ok(password) = set(&typed) {
                let (typed, again) = (TypedPassword::new(&typed), normalised(password.0.expose()));
                prop_assert_eq!(typed.0.expose(), password.0.expose());
                prop_assert_eq!(again.expose(), password.0.expose());
            }
        }
    }
}
