//! Is this value the one that was written? A keyed hash of a copy, which tells that
//! without the value, and to nobody without the key.

use subtle::{Choice, ConstantTimeEq as _};
use zeroize::Zeroizing;

use super::{EncryptionKeys, Key, framed, hmac};
use crate::names::{ApplicationId, EnvKey, OrgName};
use crate::value::SecretValue;

/// Bytes of a fingerprint.
pub const FINGERPRINT_BYTES: usize = 32;
/// Of which HMAC the key for fingerprints is made (RFC 5869 §2.3 with one block of output
/// and the label as `info`).
const KEY_LABEL: &[u8] = b"gatelet vault fingerprint\x01";

/// Where a secret's value is copied to: the same value has another fingerprint elsewhere.
#[derive(Clone, Copy, Debug)]
pub struct Copied<'a> {
    /// Whose.
    pub org: &'a OrgName,
    /// The application.
    pub application: &'a ApplicationId,
    /// The variable.
    pub key: &'a EnvKey,
}

impl EncryptionKeys {
    /// The fingerprint of a copy, under the first key.
    #[must_use]
    pub fn fingerprint(&self, copied: &Copied<'_>, value: &SecretValue) -> [u8; FINGERPRINT_BYTES] {
        self.sealing().fingerprint(copied, value)
    }

    /// Whether a fingerprint is of this value here, under any key. All keys are tried, in
    /// the same time whatever differs.
    #[must_use]
    pub fn matches_any_fingerprint(
        &self,
        copied: &Copied<'_>,
        value: &SecretValue,
        written: &[u8],
    ) -> bool {
        let none = Choice::from(0);
        let matches = |key: &Key| key.fingerprint(copied, value)[..].ct_eq(written);
        self.keys
            .iter()
            .fold(none, |any, key| any | matches(key))
            .into()
    }
}

impl Key {
    fn fingerprint(&self, copied: &Copied<'_>, value: &SecretValue) -> [u8; FINGERPRINT_BYTES] {
        let Copied {
            org,
            application,
            key,
        } = copied;
        let own_key = Zeroizing::new(hmac(&*self.bytes, [KEY_LABEL]));
        let message = Zeroizing::new(framed(&[
            org.as_str().as_bytes(),
            application.as_str().as_bytes(),
            key.as_str().as_bytes(),
            value.expose().as_bytes(),
        ]));
        hmac(&*own_key, [message.as_slice()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::tests::{KEY, OTHER_KEY, keys};
    use crate::names::application;

    fn value(text: &str) -> SecretValue {
        SecretValue::parse_variable(text.into()).unwrap()
    }

    #[test]
    fn the_same_value_is_known_under_every_key_and_another_under_none() {
        let (org, app) = (OrgName::default(), application("web").unwrap());
        let key = EnvKey::parse("API_KEY").unwrap();
        let copied = Copied {
            org: &org,
            application: &app,
            key: &key,
        };
        let old = keys(OTHER_KEY);
        let written = old.fingerprint(&copied, &value("hunter2"));
        let both = keys(&format!("{KEY},{OTHER_KEY}"));
        for (ring, text, matches) in [
            (&old, "hunter2", true),
            (&both, "hunter2", true),
            (&keys(KEY), "hunter2", false),
            (&both, "hunter3", false),
            (&both, "", false),
        ] {
            let found = ring.matches_any_fingerprint(&copied, &value(text), &written);
            assert_eq!(found, matches, "{text} {ring:?}");
        }
        for other in [&written[..31], &[], &[0; 32]] {
            assert!(!both.matches_any_fingerprint(&copied, &value("hunter2"), other));
        }
        assert_ne!(both.fingerprint(&copied, &value("hunter2")), written);
    }

    #[test]
    fn the_same_value_elsewhere_has_another_fingerprint() {
        let (org, other_org) = (OrgName::default(), OrgName::parse("acme").unwrap());
        let (app, other_app) = (application("web").unwrap(), application("worker").unwrap());
        let (key, other_key) = (EnvKey::parse("A").unwrap(), EnvKey::parse("B").unwrap());
        let of = |org, application, key| {
            let copied = Copied {
                org,
                application,
                key,
            };
            keys(KEY).fingerprint(&copied, &value("x"))
        };
        let here = of(&org, &app, &key);
        assert_eq!(here, of(&org, &app, &key));
        assert_ne!(here, of(&other_org, &app, &key));
        assert_ne!(here, of(&org, &other_app, &key));
        assert_ne!(here, of(&org, &app, &other_key));
    }
}
