//! Whose code is in what is handed on, and on which terms? Asks cargo, and writes
//! `LICENSES.txt` and a bill of materials in CycloneDX.
//!
//!     gatelet-inventory FOLDER TRIPLE
//!
//! The folder is what is handed on: its `.wasm` files are named with their digests,
//! and the two files are put into it.

mod bill;
mod crates;
mod licences;

use std::path::Path;

use anyhow::{Context as _, Result};

use crates::Crates;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(triple), None) = (arguments.next(), arguments.next(), arguments.next())
    else {
        anyhow::bail!("usage: gatelet-inventory FOLDER TRIPLE");
    };
    let folder = Path::new(&folder);
    let crates = Crates::read(&triple)?;
    for (name, text) in [
        ("LICENSES.txt", licences::list(&crates)?),
        ("sbom.cdx.json", bill::of_materials(&crates, folder)?),
    ] {
        let file = folder.join(name);
        std::fs::write(&file, text).with_context(|| file.display().to_string())?;
    }
    Ok(())
}
