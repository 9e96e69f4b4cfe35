//! `gatelet keys`.

use std::process::ExitCode;

use anyhow::{Result, anyhow};
use clap::Subcommand;
use gatelet_core::key::KeyRing;

#[derive(Debug, Subcommand)]
pub(super) enum Keys {
    /// Print a new entry for session_keys. To rotate, put it first and keep the
    /// old ones behind it, separated by commas.
    New,
}

impl Keys {
    pub(super) fn run(self) -> Result<ExitCode> {
        match self {
            Self::New => println!("{}", new()?),
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

#[cfg(test)]
mod tests {
    use gatelet_core::key::KeyRing;

    #[test]
    fn new_keys_differ_and_are_accepted() {
        let (one, two) = (super::new().unwrap(), super::new().unwrap());
        assert_ne!(one, two);
        assert!(KeyRing::parse(&format!("{one},{two}")).is_ok());
    }
}
