//! What does the store's error come to here?

use gatelet_ports::store::types::Error;
use gatelet_secrets::{Code, VaultError};

/// The store has logged what it was.
pub(crate) fn said(error: Error) -> VaultError {
    match error {
        Error::Unavailable | Error::ReadOnly => VaultError::unavailable(),
        Error::Full => VaultError::new(
            Code::Unavailable,
            "there is no room for more: delete what is not needed",
        ),
        Error::Conflict => VaultError::conflict(),
        Error::Schema | Error::Internal => VaultError::internal(),
    }
}

/// How often a call looks again where somebody else was faster. Each time somebody was:
/// the row moved on.
const TRIES: usize = 4;

/// Runs a change that rests on what it has just read, anew while others are faster.
pub(crate) async fn retried<T>(
    change: impl AsyncFn() -> Result<T, VaultError>,
) -> Result<T, VaultError> {
    let mut tries = TRIES;
    loop {
        tries -= 1;
        match change().await {
            Err(VaultError {
                code: Code::Conflict,
                ..
            }) if tries > 0 => {}
            outcome => return outcome,
        }
    }
}
