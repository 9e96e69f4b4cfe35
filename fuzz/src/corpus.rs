//! Where are inputs kept? In `corpus/DOOR.rs`, a line each, as the library's own tests
//! include it: one file a door instead of a hundred, in which a difference can be read.

use std::fs;
use std::path::{Path, PathBuf};

use crate::target::Target;

/// Above it stand seeds and regressions, which stay; below it what fuzzing found, which
/// is written anew.
const MARK: &str = "    // Found by fuzzing, for what it reaches.";
/// Most inputs that are found and kept for one door, and most bytes of all of them.
const FOUND_MAX: usize = 100;
const FOUND_MAX_BYTES: usize = 24 * 1024;

/// An input as a line of the corpus.
pub(crate) fn line(input: &[u8]) -> String {
    format!("    b\"{}\",", input.escape_ascii())
}

/// Writes inputs into a folder that is made anew, a file each.
pub(crate) fn unpack(inputs: &[&[u8]], folder: &Path) -> Result<(), String> {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    for (number, input) in inputs.iter().enumerate() {
        fs::write(folder.join(format!("{number:04}")), input).map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// Writes what is in `folder/merged` into the door's file, below the mark.
pub(crate) fn pack(target: &Target, folder: &Path) -> Result<(), String> {
    let file = file(target);
    let text = fs::read_to_string(&file).map_err(|error| error.to_string())?;
    let (seeds, _) = text
        .split_once(MARK)
        .or_else(|| text.rsplit_once(']'))
        .ok_or_else(|| format!("{} is no list", file.display()))?;
    let entries = fs::read_dir(folder.join("merged")).map_err(|error| error.to_string())?;
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| error.to_string())?.path();
        found.push(fs::read(path).map_err(|error| error.to_string())?);
    }
    found.sort_by(|one, other| (one.len(), one).cmp(&(other.len(), other)));
    let mut lines = String::new();
    let mut count = 0;
    for input in &found {
        let line = line(input);
        if count == FOUND_MAX || lines.len() + line.len() > FOUND_MAX_BYTES {
            break;
        }
        if !seeds.contains(&line) {
            lines.push_str(&line);
            lines.push('\n');
            count += 1;
        }
    }
    let seeds = seeds.trim_end();
    fs::write(&file, format!("{seeds}\n{MARK}\n{lines}]\n")).map_err(|error| error.to_string())?;
    println!("{}: {count} of {} kept", file.display(), found.len());
    Ok(())
}

/// The inputs above the mark.
pub(crate) fn seeds(target: &Target) -> Result<Vec<&'static [u8]>, String> {
    let text = fs::read_to_string(file(target)).map_err(|error| error.to_string())?;
    let seeds = text
        .split_once(MARK)
        .map_or(text.as_str(), |(seeds, _)| seeds);
    let is_seed = |input: &&&[u8]| seeds.contains(&line(input));
    Ok(target.kept.iter().filter(is_seed).copied().collect())
}

fn file(target: &Target) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(target.name)
        .with_extension("rs")
}
