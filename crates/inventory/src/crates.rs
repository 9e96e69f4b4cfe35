//! Which crates are in the program and in its components? What cargo would build
//! them from, without what only runs while building.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

/// The program, and what it runs.
const PROGRAM: &str = "gatelet";
const COMPONENTS: [&str; 6] = [
    "gatelet-gateway",
    "gatelet-auth",
    "gatelet-store",
    "gatelet-passwords",
    "gatelet-demo",
    "gatelet-middleware",
];
const COMPONENT_TARGET: &str = "wasm32-wasip2";

/// A crate's name and version.
pub(crate) type Id = (String, String);

/// One crate of somebody's.
#[derive(Debug)]
pub(crate) struct Crate {
    /// SPDX expression.
    pub(crate) licence: Option<String>,
    pub(crate) repository: Option<String>,
    /// Where its sources lie.
    pub(crate) folder: PathBuf,
    /// SHA-256 of the package, as the lock file has it. None for our own.
    pub(crate) checksum: Option<String>,
    pub(crate) needs: BTreeSet<Id>,
}

/// All of them.
#[derive(Debug)]
pub(crate) struct Crates {
    pub(crate) all: BTreeMap<Id, Crate>,
    pub(crate) program: Id,
}

impl Crates {
    /// Asks cargo.
    pub(crate) fn read(triple: &str) -> Result<Self> {
        let mut wanted = tree(PROGRAM, triple)?;
        for component in COMPONENTS {
            wanted.extend(tree(component, COMPONENT_TARGET)?);
        }
        let lock = std::fs::read_to_string("Cargo.lock").context("Cargo.lock")?;
        let metadata = cargo(&["metadata", "--format-version", "1", "--locked"])?;
        let metadata: Value = serde_json::from_str(&metadata).context("cargo metadata")?;
        let all = described(&metadata, &wanted, &checksums(&lock))?;
        for id in &wanted {
            ensure!(all.contains_key(id), "cargo knows nothing of {id:?}");
        }
        let program = all.keys().find(|(name, _)| name == PROGRAM).cloned();
        let program = program.context("the program itself is missing")?;
        Ok(Self { all, program })
    }
}

fn cargo(arguments: &[&str]) -> Result<String> {
    let output = Command::new("cargo").args(arguments).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "cargo {arguments:?}: {said}");
    Ok(String::from_utf8(output.stdout)?)
}

fn tree(package: &str, target: &str) -> Result<BTreeSet<Id>> {
    let edges = "normal,no-proc-macro";
    let arguments = ["tree", "--locked", "-p", package, "--target", target];
    let text = cargo(&[&arguments[..], &["-e", edges, "--prefix", "none"]].concat())?;
    Ok(text.lines().filter_map(id).collect())
}

/// `name v1.2.3 (where) (*)`.
fn id(line: &str) -> Option<Id> {
    let mut words = line.split_whitespace();
    let name = words.next()?;
    let version = words.next()?.strip_prefix('v')?;
    Some((name.to_owned(), version.to_owned()))
}

/// Of every package in a lock file that has one.
fn checksums(lock: &str) -> BTreeMap<Id, String> {
    let quoted = |line: &str, key: &str| {
        let value = line.strip_prefix(key)?.strip_prefix(" = \"")?;
        Some(value.strip_suffix('"')?.to_owned())
    };
    let packages = lock.split("[[package]]").skip(1).filter_map(|package| {
        let find = |key| package.lines().find_map(|line| quoted(line, key));
        Some(((find("name")?, find("version")?), find("checksum")?))
    });
    packages.collect()
}

fn described(
    metadata: &Value,
    wanted: &BTreeSet<Id>,
    checksums: &BTreeMap<Id, String>,
) -> Result<BTreeMap<Id, Crate>> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let mut by_key: BTreeMap<String, Id> = BTreeMap::new();
    let mut all = BTreeMap::new();
    for package in list(&metadata["packages"])? {
        let id = (
            text(&package["name"]).context("a package without a name")?,
            text(&package["version"]).context("a package without a version")?,
        );
        if !wanted.contains(&id) {
            continue;
        }
        by_key.insert(
            text(&package["id"]).context("a package without id")?,
            id.clone(),
        );
        let manifest = text(&package["manifest_path"]).context("a package without a place")?;
        let folder = PathBuf::from(manifest).parent().map(PathBuf::from);
        all.insert(
            id.clone(),
            Crate {
                licence: text(&package["license"]),
                repository: text(&package["repository"]),
                folder: folder.context("a manifest in no folder")?,
                checksum: checksums.get(&id).cloned(),
                needs: BTreeSet::new(),
            },
        );
    }
    for node in list(&metadata["resolve"]["nodes"])? {
        let Some(user) = node["id"].as_str().and_then(|key| by_key.get(key)) else {
            continue;
        };
        let needs = list(&node["dependencies"])?.iter();
        let needs = needs.filter_map(|key| by_key.get(key.as_str()?).cloned());
        if let Some(found) = all.get_mut(user) {
            found.needs = needs.collect();
        }
    }
    Ok(all)
}

fn list(value: &Value) -> Result<&Vec<Value>> {
    value.as_array().context("cargo metadata has another shape")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_tree_names_a_crate() {
        let named = |name: &str, version: &str| Some((name.to_owned(), version.to_owned()));
        assert_eq!(id("http v1.5.0"), named("http", "1.5.0"));
        assert_eq!(id("http v1.5.0 (*)"), named("http", "1.5.0"));
        assert_eq!(id("gatelet v0.1.0 (/src/host)"), named("gatelet", "0.1.0"));
        assert_eq!(id(""), None);
    }

    #[test]
    fn checksums_are_those_of_the_lock_file() {
        let lock = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"x\"\n\
                    checksum = \"c0ffee\"\n\n[[package]]\nname = \"ours\"\nversion = \"0.1.0\"\n";
        let found = checksums(lock);
        assert_eq!(found.len(), 1);
        assert_eq!(found[&("a".to_owned(), "1.0.0".to_owned())], "c0ffee");
    }
}
