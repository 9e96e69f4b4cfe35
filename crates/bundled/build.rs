//! Lists the files of the folder `GATELET_BUNDLE`, each with its contents. Without
//! one the program carries nothing and is what `gatelet` is.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-env-changed=GATELET_BUNDLE");
    let mut list = "&[\n".to_owned();
    if let Some(folder) = env::var_os("GATELET_BUNDLE").map(PathBuf::from) {
        println!("cargo::rerun-if-changed={}", folder.display());
        for file in files(&folder)? {
            let path = file.strip_prefix(&folder).map_err(io::Error::other)?;
            list += &format!("({path:?}, include_bytes!({file:?})),\n");
        }
    }
    list += "]\n";
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("no OUT_DIR"))?;
    fs::write(PathBuf::from(out).join("bundle.rs"), list)
}

/// Every file, in a fixed order.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
