//! `gatelet keys`.

use std::process::ExitCode;

use std::io::{BufRead, Read as _};

use anyhow::{Context as _, Result, anyhow};
use clap::Subcommand;
use gatelet_core::key::KeyRing;
use gatelet_secrets::EncryptionKeys;
use gatelet_sign_in::passphrase::hash_passphrase;
use gatelet_sign_in::password::SALT_BYTES;

#[derive(Debug, Subcommand)]
pub(super) enum Keys {
    /// Print a new entry for session_keys. To rotate, put it first and keep the
    /// old ones behind it, separated by commas.
    New,
    /// Print a new key for secrets_enc_key. To turn the key, put it first, keep the old ones
    /// behind it, separated by commas, start again, and run `gatelet vault rekey`.
    Secrets,
    /// Read a passphrase from standard input and print its hash, for
    /// passphrase_hash.
    Passphrase,
}

impl Keys {
    pub(super) fn run(self) -> Result<ExitCode> {
        match self {
            Self::New => outln!("{}", new()?),
            Self::Secrets => outln!("{}", EncryptionKeys::entry(&super::random()?)),
            Self::Passphrase => outln!("{}", passphrase(&mut std::io::stdin().lock())?),
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// An entry for `session_keys`, out of fresh random bytes.
pub(super) fn new() -> Result<String> {
    let mut key = [0; 32];
    let mut id = [0; 4];
    for bytes in [&mut key[..], &mut id[..]] {
        getrandom::fill(bytes).map_err(|error| anyhow!("the system has no randomness: {error}"))?;
    }
    // Two keys made at different times must not share an id.
    Ok(KeyRing::entry(
        &format!("k{:08x}", u32::from_be_bytes(id)),
        &key,
    ))
}

/// The hash of the first line that is read.
fn passphrase(input: &mut impl BufRead) -> Result<String> {
    let mut typed = String::new();
    input
        .take(LINE_MAX_BYTES)
        .read_line(&mut typed)
        .context("standard input")?;
    let typed = typed.trim_end_matches(['\r', '\n']);
    let mut salt = [0; SALT_BYTES];
    getrandom::fill(&mut salt).map_err(|error| anyhow!("the system has no randomness: {error}"))?;
    let hash = hash_passphrase(typed, salt).map_err(|_| {
        anyhow!("the passphrase is not taken: use 8 to 128 characters that are not easily guessed")
    })?;
    let hash = hash
        .here()
        .map_err(|_| anyhow!("there is not enough memory for a hash"))?;
    Ok(hash.expose().to_owned())
}

/// Longer than any passphrase that is taken.
const LINE_MAX_BYTES: u64 = 4096;

#[cfg(test)]
mod tests {
    #[test]
    fn a_passphrase_is_hashed_and_a_short_one_refused() {
        let hash = super::passphrase(&mut &b"open sesame, please\n"[..]).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$"), "{hash}");
        for typed in [&b""[..], b"\n", b"short\n"] {
            assert!(super::passphrase(&mut &*typed).is_err(), "{typed:?}");
        }
    }

    use gatelet_core::key::KeyRing;

    #[test]
    fn new_keys_differ_and_are_accepted() {
        let (one, two) = (super::new().unwrap(), super::new().unwrap());
        assert_ne!(one, two);
        assert!(KeyRing::parse(&format!("{one},{two}")).is_ok());
    }
}
