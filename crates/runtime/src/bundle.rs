//! What came with this program? A manifest, its components, and their machine code,
//! put into it by `make dist` so that one file serves with nothing beside it.

use std::sync::OnceLock;

/// Where the manifest is.
const MANIFEST: &str = "spin.toml";
/// Where machine code is, under the name that the compilation cache gives it.
const COMPILED: &str = "compiled/";

/// Files by their paths.
#[derive(Clone, Copy, Default)]
pub struct Bundle(&'static [(&'static str, &'static [u8])]);

static SHIPPED: OnceLock<Bundle> = OnceLock::new();

impl Bundle {
    /// What the program was built with; nothing but in what `make dist` makes.
    #[must_use]
    pub const fn new(files: &'static [(&'static str, &'static [u8])]) -> Self {
        Self(files)
    }

    /// What came with this program.
    #[must_use]
    pub fn shipped() -> Self {
        SHIPPED.get().copied().unwrap_or_default()
    }

    /// Says what came with this program. Once, before anything asks.
    pub fn ship(self) {
        // Whoever is second ships nothing else: there is one program.
        let _again = SHIPPED.set(self);
    }

    /// The manifest's text.
    #[must_use]
    pub fn manifest(&self) -> Option<&'static str> {
        std::str::from_utf8(self.file(MANIFEST)?).ok()
    }

    /// A component, by its path in the manifest.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&'static [u8]> {
        let found = self.0.iter().find(|(name, _)| *name == path);
        found.map(|(_, bytes)| *bytes)
    }

    /// Machine code of this name.
    #[must_use]
    pub fn compiled(&self, name: &str) -> Option<&'static [u8]> {
        let found = self
            .0
            .iter()
            .find(|(path, _)| path.strip_prefix(COMPILED) == Some(name));
        found.map(|(_, bytes)| *bytes)
    }
}

impl std::fmt::Debug for Bundle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set()
            .entries(self.0.iter().map(|(path, _)| path))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_found_by_its_whole_path_alone() {
        let bundle = Bundle::new(&[
            ("spin.toml", b"text"),
            ("components/a.wasm", b"a"),
            ("compiled/1.cwasm", b"code"),
        ]);
        assert_eq!(bundle.manifest(), Some("text"));
        assert_eq!(bundle.file("components/a.wasm"), Some(&b"a"[..]));
        assert_eq!(bundle.compiled("1.cwasm"), Some(&b"code"[..]));
        for path in ["a.wasm", "components/", "", "../components/a.wasm"] {
            assert_eq!(bundle.file(path), None, "{path}");
        }
        assert_eq!(bundle.compiled("components/a.wasm"), None);
        assert_eq!(Bundle::default().manifest(), None);
    }
}
