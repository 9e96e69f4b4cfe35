//! Which licences have to go along? A table of crates, then every text once.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::crates::Crates;

/// How files begin that hold terms.
const NAMES: [&str; 5] = ["licen", "copying", "copyright", "notice", "unlicense"];
/// Sources of others lie in a crate this deep at most.
const DEPTH_MAX: usize = 4;

/// Terms that no crate's folder holds.
const BESIDE: &str = "\
The standard library of Rust (https://github.com/rust-lang/rust) is in every program
and component: MIT OR Apache-2.0. SQLite (https://sqlite.org/copyright.html), in
libsqlite3-sys, is in the public domain.
";

/// The list as text.
pub(crate) fn list(crates: &Crates) -> Result<String> {
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut list = "Code of others in this program and its components.\n\n".to_owned();
    list += BESIDE;
    list.push('\n');
    for ((name, version), found) in &crates.all {
        // Ours are under the licence beside this list.
        if found.checksum.is_none() {
            continue;
        }
        let licence = found.licence.as_deref().unwrap_or("see its text");
        writeln!(list, "{name} {version}: {licence}")?;
        for file in terms(&found.folder, DEPTH_MAX)? {
            let text = String::from_utf8_lossy(&fs::read(&file)?).into_owned();
            let text = text.replace("\r\n", "\n").trim().to_owned();
            let user = format!("{name} {version}");
            let users = texts.entry(text).or_default();
            if !users.contains(&user) {
                users.push(user);
            }
        }
    }
    for (text, users) in texts {
        write!(list, "\n\n======== {}\n\n{text}\n", users.join(", "))?;
    }
    Ok(list)
}

fn terms(folder: &Path, depth: usize) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let kind = entry.file_type()?;
        let name = entry.file_name().to_string_lossy().to_lowercase();
        if kind.is_file() && NAMES.iter().any(|begin| name.starts_with(begin)) {
            found.push(path);
        } else if kind.is_dir() && depth > 0 {
            found.extend(terms(&path, depth - 1)?);
        }
    }
    found.sort();
    Ok(found)
}
