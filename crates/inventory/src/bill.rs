//! What is in it? A bill of materials for tools, in CycloneDX 1.6
//! (<https://cyclonedx.org/docs/1.6/json/>): the same input gives the same bytes.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::crates::{Crate, Crates, Id};

/// The bill as JSON.
pub(crate) fn of_materials(crates: &Crates, folder: &Path) -> Result<String> {
    let Crates { all, program } = crates;
    let mut components = wasm_files(folder)?;
    let libraries = all.iter().filter(|(id, _)| *id != program);
    components.extend(libraries.map(|(id, found)| library(id, found)));
    let needs = all.iter().map(|(id, found)| {
        let on: Vec<_> = found.needs.iter().map(reference).collect();
        json!({ "ref": reference(id), "dependsOn": on })
    });
    let bill = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": reference(program),
                "name": program.0,
                "version": program.1,
            },
        },
        "components": components,
        "dependencies": needs.collect::<Vec<_>>(),
    });
    Ok(serde_json::to_string_pretty(&bill)? + "\n")
}

/// A package URL (<https://github.com/package-url/purl-spec>).
fn reference((name, version): &Id) -> String {
    format!("pkg:cargo/{name}@{version}")
}

fn library(id: &Id, found: &Crate) -> Value {
    let mut library = json!({
        "type": "library",
        "bom-ref": reference(id),
        "name": id.0,
        "version": id.1,
    });
    // What only this checkout has is nowhere to be had under a package URL.
    if let Some(checksum) = &found.checksum {
        library["purl"] = json!(reference(id));
        library["hashes"] = json!([{ "alg": "SHA-256", "content": checksum }]);
    }
    if let Some(licence) = &found.licence {
        // Cargo once wrote OR as a slash.
        let expression = licence.replace('/', " OR ");
        library["licenses"] = json!([{ "expression": expression }]);
    }
    if let Some(repository) = &found.repository {
        library["externalReferences"] = json!([{ "type": "vcs", "url": repository }]);
    }
    library
}

fn wasm_files(folder: &Path) -> Result<Vec<Value>> {
    let folder = folder.join("components");
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
        files.push(entry?.path());
    }
    files.sort();
    let described = files.iter().map(|file| {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let digest = Sha256::digest(fs::read(file)?);
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(json!({
            "type": "file",
            "bom-ref": format!("components/{name}"),
            "name": format!("components/{name}"),
            "hashes": [{ "alg": "SHA-256", "content": digest }],
        }))
    });
    described.collect()
}
