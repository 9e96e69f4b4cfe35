//! Does any project or sealed value get through that must not? One door a function, called
//! by the fuzz targets and, with what is kept for them, by a test. What must not happen is
//! asserted; the answer is whether the door let the input in.

use gatelet_core::fuzz::Door;
use serde_json::Value;

use crate::key::{Context, EncryptionKeys, NONCE_BYTES};
use crate::names::{EnvKey, SecretName};
use crate::project::{Project, ProjectError};
use crate::value::SecretValue;

/// Every door.
pub const DOORS: [Door; 2] = [
    (
        "project_file",
        project_file,
        include!("../../../fuzz/corpus/project_file.rs"),
    ),
    (
        "vault_sealed",
        vault_sealed,
        include!("../../../fuzz/corpus/vault_sealed.rs"),
    ),
];

/// Random, and used nowhere else.
const KEYS: [&str; 2] = [
    "S8rQx0vJm3uT6yHnB1zKf5wPdE7aGcL9oRi2XsUe4hY",
    "pV2nZ8kWq5tYx1cR7bM0sJ4gF9dH3lA6uEoKiTjPwNw",
];

/// A project: what is read is what any reader of JSON finds there, and nothing of what is
/// refused is repeated.
fn project_file(input: &[u8]) -> bool {
    let project = match Project::parse(input) {
        Ok(project) => project,
        Err(error) => {
            let message = error.to_string();
            assert!(!message.contains('\n') && message.len() < 300, "{message}");
            if let ProjectError::Version(number) = error {
                assert_ne!(number, 2);
            }
            return false;
        }
    };
    let document: Value = serde_json::from_slice(input).expect("what is read is JSON");
    assert_eq!(document["version"], 2);
    let none = Vec::new();
    let entries = document["secrets"].as_array().unwrap_or(&none);
    assert_eq!(project.bindings.iter().len(), entries.len());
    let mut keys = Vec::new();
    for (binding, entry) in project.bindings.iter().zip(entries) {
        let name = entry.as_str().or(entry["name"].as_str());
        assert_eq!(Some(binding.name.as_str()), name);
        let key = entry["as"].as_str().or(name);
        assert_eq!(Some(binding.key.as_str()), key);
        assert!(SecretName::parse(binding.name.as_str()).is_ok());
        assert!(EnvKey::parse_kept(binding.key.as_str()).is_ok());
        assert!(!keys.contains(&&binding.key), "a key twice");
        keys.push(&binding.key);
    }
    assert_eq!(Project::from_value(&document), Ok(project));
    true
}

/// A byte, then bytes. Where the byte is even, they are what a row holds: what opens is
/// what we seal, bit by bit. Where it is odd, they are a value: sealed, it opens in its
/// place, and with any bit changed it does not.
fn vault_sealed(input: &[u8]) -> bool {
    let keys_of = |text: &str| EncryptionKeys::parse(text).expect("the literals are keys");
    let keys = keys_of(&KEYS.join(","));
    let place = Context::row("default", "", "API_KEY", 1);
    let Some((mode, bytes)) = input.split_first() else {
        return false;
    };
    if mode % 2 == 0 {
        let Ok(value) = keys.open(&place, bytes) else {
            return false;
        };
        let nonce: [u8; NONCE_BYTES] = bytes[9..21].try_into().expect("twelve bytes");
        let sealing = keys_of(KEYS[usize::from(keys.is_outdated(bytes))]);
        assert_eq!(sealing.seal(&place, &value, nonce), bytes);
        return true;
    }
    let Ok(text) = String::from_utf8(bytes.to_vec()) else {
        return false;
    };
    let Ok(value) = SecretValue::parse(text) else {
        return false;
    };
    let mut sealed = keys.seal(&place, &value, [*mode; NONCE_BYTES]);
    assert_eq!(keys.open(&place, &sealed).as_ref(), Ok(&value));
    let elsewhere = Context::row("default", "web", "API_KEY", 1);
    assert!(keys.open(&elsewhere, &sealed).is_err());
    let at = usize::from(*mode) * 31 % sealed.len();
    sealed[at] ^= 1 << (mode / 2 % 8);
    assert!(keys.open(&place, &sealed).is_err(), "{at}");
    true
}

#[cfg(test)]
mod tests {
    use gatelet_core::fuzz::{assert_both_ways, assert_hold_out};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_kept_goes_through_as_before() {
        assert_both_ways(&DOORS);
    }

    #[test]
    fn what_is_kept_goes_through_cut_off_and_altered() {
        assert_hold_out(&DOORS);
    }

    proptest! {
        #[test]
        fn random_bytes_go_through_or_not(input in proptest::collection::vec(any::<u8>(), 0..200)) {
            for (_, door, _) in DOORS {
                door(&input);
            }
        }
    }
}
