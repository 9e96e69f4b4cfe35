//! Firebase: its users, and the parameters of its hashes.

use core::fmt;

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use gatelet_sign_in::foreign_hash::encoded;
use serde_json::Value;

use crate::fields::{is, text, time};
use crate::{Found, Hash, NoExport};

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const PLAIN: GeneralPurpose = GeneralPurpose::new(&STANDARD, LENIENT);
const WEB: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, LENIENT);

/// The project's password hash parameters, as its console shows them.
#[derive(Clone)]
pub struct FirebaseConfig {
    signer_key: Vec<u8>,
    salt_separator: Vec<u8>,
    rounds: u32,
    memory_cost: u32,
}

/// The parameters lack something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirebaseConfigError(pub &'static str);

impl fmt::Display for FirebaseConfigError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "has no {}: copy the block hash_config from the console, as it is",
            self.0
        )
    }
}

impl std::error::Error for FirebaseConfigError {}

/// Without the key.
impl fmt::Debug for FirebaseConfig {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("FirebaseConfig(…)")
    }
}

impl FirebaseConfig {
    /// Reads `hash_config { … }`: a name, a colon and a value on a line.
    ///
    /// # Errors
    /// Names what is missing.
    pub fn parse(text: &str) -> Result<Self, FirebaseConfigError> {
        let value = |name: &'static str| {
            let mut lines = text.lines().filter_map(|line| line.trim().split_once(':'));
            let found = lines.find(|(found, _)| found.trim().trim_matches('"') == name);
            let found =
                found.map(|(_, value)| value.trim().trim_end_matches(',').trim_matches('"'));
            found.ok_or(FirebaseConfigError(name))
        };
        let bytes = |name| decoded(value(name)?).ok_or(FirebaseConfigError(name));
        let number = |name| value(name)?.parse().map_err(|_| FirebaseConfigError(name));
        Ok(Self {
            signer_key: bytes("base64_signer_key")?,
            salt_separator: bytes("base64_salt_separator")?,
            rounds: number("rounds")?,
            memory_cost: number("mem_cost")?,
        })
    }

    fn hash(&self, salt: &[u8], hash: &[u8]) -> String {
        let Self {
            signer_key,
            salt_separator,
            rounds,
            memory_cost,
        } = self;
        let parts = [salt, hash, salt_separator, signer_key].map(encoded);
        format!("$firebase$ln={memory_cost},r={rounds}${}", parts.join("$"))
    }
}

/// In either alphabet, with padding or without.
fn decoded(text: &str) -> Option<Vec<u8>> {
    PLAIN.decode(text).or_else(|_| WEB.decode(text)).ok()
}

pub(crate) fn users(
    text: &str,
    config: Option<&FirebaseConfig>,
) -> Result<Vec<(usize, Option<Found>)>, NoExport> {
    let users = super::programs::array_in(text, "users")?;
    let users = users.iter().map(|user| Some(found(user, config)));
    Ok((1..).zip(users).collect())
}

fn found(user: &Value, config: Option<&FirebaseConfig>) -> Found {
    let hash = match (text(user, "passwordHash"), config) {
        (None, _) => Hash::None,
        (Some(_), None) => Hash::WithoutParameters,
        (Some(hash), Some(config)) => {
            let salt = text(user, "salt").unwrap_or_default();
            match (decoded(&salt), decoded(&hash)) {
                (Some(salt), Some(hash)) => Hash::Kept(config.hash(&salt, &hash)),
                _ => Hash::Unknown,
            }
        }
    };
    Found {
        email: text(user, "email"),
        email_verified: is(user, "emailVerified"),
        name: text(user, "displayName"),
        hash,
        disabled: is(user, "disabled"),
        created_at: time(user, "createdAt"),
    }
}
