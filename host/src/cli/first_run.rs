//! What does a first start need that nobody has made? A session key, kept: with a new
//! one at every start, every restart would log everybody out.

use std::path::Path;

use anyhow::Result;
use gatelet_settings::Setting;

use super::keys;
use crate::sources::PREFIX;
use crate::{env_file, private_file};

/// Makes a file of settings with a key of its own.
///
/// # Errors
/// One line when it is there, for a key would be lost, or cannot be made.
pub(super) fn make_settings(file: &Path) -> Result<()> {
    private_file::create(file, &format!("{}={}\n", variable(), keys::new()?))
}

/// Adds a key of its own to a file of settings that has none; makes the file where it
/// is missing.
///
/// # Errors
/// One line when the file does not read well, or cannot be written.
pub(super) fn add_key(file: &Path) -> Result<()> {
    let _locked = private_file::lock(private_file::folder_of(file))?;
    // Somebody else may have been first: theirs signs cookies already.
    let is_there = |entry: &env_file::Entry| entry.name == variable();
    if file.exists() && env_file::read(file)?.iter().any(is_there) {
        return Ok(());
    }
    let text = env_file::changed(file, &variable(), Some(&keys::new()?))?;
    private_file::replace(file, &text)
}

fn variable() -> String {
    format!("{PREFIX}{}", Setting::SessionKeys.name().to_uppercase())
}
