//! What does each port call do? A file for each group of ports.

mod accounts;
mod admin;
mod app_grants;
mod once;
mod origins;
mod sessions;

use crate::failure::{Failure, Kind};

/// What a call rests on (a user, an account, an unproved email) was not there
/// any more when nothing changed.
fn changed(rows: u64) -> Result<(), Failure> {
    match rows {
        0 => Err(Failure::new(
            Kind::Conflict,
            "what the call rests on has changed",
        )),
        _ => Ok(()),
    }
}
