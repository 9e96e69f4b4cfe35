//! What does a first start need that nobody has made? A session key, kept: with a new
//! one at every start, every restart would log everybody out.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use super::keys;

/// Where settings are kept that belong to no profile.
pub(super) fn settings_beside(manifest: &Path) -> PathBuf {
    manifest.with_file_name(".gatelet").join("env")
}

/// Makes a file of settings with a key of its own. For its owner alone: it will hold
/// more secrets.
///
/// # Errors
/// One line when it is there, for a key would be lost, or cannot be made.
pub(super) fn make_settings(file: &Path) -> Result<()> {
    if file.exists() {
        bail!("{}: is there already", file.display());
    }
    let made = || -> Result<()> {
        let mut folder = fs::DirBuilder::new();
        let mut options = fs::OpenOptions::new();
        #[cfg(unix)]
        {
            use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
            folder.mode(0o700);
            options.mode(0o600);
        }
        if let Some(parent) = file.parent() {
            folder.recursive(true).create(parent)?;
        }
        let line = format!("SPIN_VARIABLE_SESSION_KEYS={}\n", keys::new()?);
        let mut file = options.write(true).create_new(true).open(file)?;
        file.write_all(line.as_bytes())?;
        Ok(())
    };
    made().with_context(|| file.display().to_string())
}
