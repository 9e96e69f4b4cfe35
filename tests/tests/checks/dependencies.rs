//! Is every dependency used? One that is not costs everybody's first build.

use std::fs;
use std::path::{Path, PathBuf};

use gatelet_tests::repository;

/// Named for its features alone, and why.
const FOR_ITS_FEATURES: [(&str, &str, &str); 0] = [];

#[test]
fn every_dependency_is_used_by_the_crate_that_names_it() {
    let mut looked_at = 0;
    let mut unused = Vec::new();
    for manifest in manifests() {
        let text = fs::read_to_string(&manifest).expect("a manifest");
        let table: toml::Table = text.parse().expect("TOML");
        let package = table["package"]["name"]
            .as_str()
            .expect("a name")
            .to_owned();
        let folder = manifest.parent().expect("a folder");
        let sources = sources_of(&package, folder);
        for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let Some(named) = table.get(kind).and_then(toml::Value::as_table) else {
                continue;
            };
            for name in named.keys() {
                looked_at += 1;
                let excepted = FOR_ITS_FEATURES
                    .iter()
                    .any(|(crate_, dependency, _)| *crate_ == package && dependency == name);
                if !excepted && !is_used(name, &sources) {
                    unused.push(format!("{package}: {name} in [{kind}]"));
                }
            }
        }
    }
    assert!(looked_at > 100, "only {looked_at} dependencies were found");
    assert!(unused.is_empty(), "unused:\n{}", unused.join("\n"));
}

/// Every crate of the workspace; the fuzz targets are a workspace of their own.
fn manifests() -> Vec<PathBuf> {
    let root = repository();
    let mut manifests = vec![root.join("Cargo.toml")];
    for folder in ["components", "crates", "examples"] {
        for entry in fs::read_dir(root.join(folder)).expect("a folder") {
            manifests.push(entry.expect("an entry").path().join("Cargo.toml"));
        }
    }
    manifests.extend(
        ["bench", "bench/floor", "host", "tests", "fuzz"]
            .map(|folder| root.join(folder).join("Cargo.toml")),
    );
    manifests.retain(|manifest| manifest.is_file());
    manifests
}

/// All that a crate compiles, comments left out: what is in its folder, and what its
/// modules take in from elsewhere by `path`.
fn sources_of(package: &str, folder: &Path) -> String {
    let mut folders = match package {
        // The root package shares its folder with everybody else's.
        "gatelet-core" => vec![folder.join("src")],
        _ => vec![folder.to_owned()],
    };
    let mut sources = String::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let hidden = path.ends_with("target") || path.ends_with("node_modules");
            if path.is_dir() && !hidden {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let code = code_of(&path);
                let folder = path.parent().expect("a folder");
                let quoted = code.split('"').filter(|text| text.ends_with(".rs"));
                let elsewhere = quoted.filter(|text| text.starts_with("../"));
                let taken_in = elsewhere.map(|path| code_of(&folder.join(path)));
                let taken_in: String = taken_in.collect();
                sources.extend([code, taken_in]);
            }
        }
    }
    sources
}

fn code_of(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("a source");
    let code = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| [line, "\n"]).collect()
}

/// Whether the name stands in code as a path's beginning: `name::`, `use name;`,
/// `extern crate name`.
fn is_used(dependency: &str, sources: &str) -> bool {
    let name = dependency.replace('-', "_");
    sources.match_indices(&name).any(|(at, _)| {
        let before = sources[..at].chars().next_back();
        let after = &sources[at + name.len()..];
        let alone = before.is_none_or(|letter| !letter.is_alphanumeric() && letter != '_');
        let begins = ["::", "!", ";", " as "];
        alone && begins.iter().any(|text| after.starts_with(text))
    })
}
