//! Where do a component's bytes come from? A file, or what came with this program.

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::bundle::Bundle;

/// A component's bytes, not read yet.
#[derive(Clone, PartialEq, Eq)]
pub enum Source {
    /// A `.wasm` file.
    File(PathBuf),
    /// In the program itself.
    Shipped {
        /// Its path in the manifest.
        path: String,
        /// The component.
        wasm: &'static [u8],
    },
}

/// Whose paths a manifest speaks of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Root<'a> {
    Folder(&'a Path),
    Shipped(Bundle),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Shipped { path, wasm: _ } => f.write_str(path),
        }
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Root<'_> {
    pub(super) fn source(self, path: &str) -> Result<Source> {
        match self {
            Self::Folder(folder) => Ok(Source::File(folder.join(path))),
            Self::Shipped(bundle) => {
                let wasm = bundle.file(path);
                let wasm =
                    wasm.with_context(|| format!("{path} did not come with this program"))?;
                let path = path.to_owned();
                Ok(Source::Shipped { path, wasm })
            }
        }
    }
}
