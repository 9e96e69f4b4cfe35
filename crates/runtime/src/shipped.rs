//! What do tests run that are about what is handed on? The components of our own manifest,
//! as `scripts/components.sh` built them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::app::{Components, RunOptions};
use crate::manifest::Manifest;
use crate::variables::Variables;

pub(crate) const BASE_URL: &str = "http://localhost:3000";
/// Random, and used nowhere else.
pub(crate) const KEY: &str = "k1:Zq8wE3rT5yU7iO9pA1sD2fG4hJ6kL8zX0cV3bN5mQ7w";

/// All of them, loaded.
pub(crate) fn components() -> Arc<Components> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let manifest = Manifest::read(&root.join("spin.toml")).unwrap();
    let set = [
        ("session_keys", KEY),
        ("base_url", BASE_URL),
        ("upstream", "http://127.0.0.1:9"),
    ];
    let defaults = manifest
        .variables
        .iter()
        .filter_map(|(name, variable)| Some((name.clone(), variable.default.clone()?)));
    let set = set.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let variables = Variables::from(defaults.chain(set).collect::<BTreeMap<_, _>>());
    let folder = tempfile::tempdir().unwrap();
    let mut options = RunOptions::beside(folder.path());
    options.cache_folder = Some(root.join("target/tmp/compiled"));
    Components::load(&manifest, &variables, &options).unwrap()
}
