//! What is in the files of components? Most starts have compiled them before and want their
//! digests alone, and one file is a part of many: each is read once, and not kept.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Context as _, Result, ensure};
use sha2::{Digest as _, Sha256};

use crate::manifest::Source;

/// SHA-256 of a component's bytes.
pub(crate) type Digest = [u8; 32];

/// The files of one manifest, by their paths.
#[derive(Debug, Default)]
pub(crate) struct Files(Mutex<HashMap<PathBuf, Digest>>);

impl Files {
    /// What a component is known by, as it was when it was first asked for.
    ///
    /// # Errors
    /// One line that names the file.
    pub(crate) fn digest(&self, source: &Source) -> Result<Digest> {
        let path = match source {
            Source::File(path) => path,
            Source::Shipped { path, wasm: _ } => Path::new(path),
        };
        let found = self.digests().get(path).copied();
        if let Some(digest) = found {
            return Ok(digest);
        }
        let digest = match source {
            Source::File(path) => {
                let mut hashing = Hashing(Sha256::new());
                File::open(path)
                    .and_then(|mut file| io::copy(&mut file, &mut hashing))
                    .with_context(|| cannot_be_read(source))?;
                hashing.0.finalize().into()
            }
            Source::Shipped { path: _, wasm } => Sha256::digest(wasm).into(),
        };
        self.digests().insert(path.to_owned(), digest);
        Ok(digest)
    }

    /// The bytes that its digest is of.
    ///
    /// # Errors
    /// One line that names the file, also where it has changed since.
    pub(crate) fn bytes(&self, source: &Source) -> Result<Vec<u8>> {
        let bytes = match source {
            Source::File(path) => std::fs::read(path).with_context(|| cannot_be_read(source))?,
            Source::Shipped { path: _, wasm } => wasm.to_vec(),
        };
        ensure!(
            Digest::from(Sha256::digest(&bytes)) == self.digest(source)?,
            "{source} was changed meanwhile: start again"
        );
        Ok(bytes)
    }

    fn digests(&self) -> MutexGuard<'_, HashMap<PathBuf, Digest>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes what is hashed.
struct Hashing(Sha256);

impl io::Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn cannot_be_read(source: &Source) -> String {
    format!("{source} cannot be read; was it built?")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_as_it_was_first_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wasm");
        std::fs::write(&path, "one").unwrap();
        let (files, source) = (Files::default(), Source::File(path.clone()));
        let shipped = Source::Shipped {
            path: "a.wasm".to_owned(),
            wasm: b"one",
        };
        let digest = files.digest(&source).unwrap();
        assert_eq!(digest, files.digest(&shipped).unwrap());
        assert_eq!(files.bytes(&source).unwrap(), b"one");

        // What was compiled of the one must not be kept under the digest of the other.
        std::fs::write(&path, "two").unwrap();
        assert_eq!(files.digest(&source).unwrap(), digest);
        let told = files.bytes(&source).unwrap_err().to_string();
        assert!(told.contains("a.wasm was changed meanwhile"), "{told}");

        std::fs::remove_file(&path).unwrap();
        let told = format!("{:#}", Files::default().digest(&source).unwrap_err());
        assert!(
            told.contains("a.wasm cannot be read; was it built?"),
            "{told}"
        );
    }
}
