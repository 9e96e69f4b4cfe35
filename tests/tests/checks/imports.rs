//! What may each component reach? Its imports are compared with a list that is
//! checked in: `tests/imports/NAME.txt`, one a line. Which interfaces the standard
//! library imports differs between the ways to build it, so those are allowed
//! and not required (`tests/imports/standard-library`). Debian's C library still
//! speaks WASI 0.1 through an adapter, which names a little more
//! (`tests/imports/wasi-0.1-adapter`).

use std::collections::BTreeSet;
use std::fs;

use gatelet_tests::repository;
use wasmparser::{Parser, Payload};

#[test]
fn every_component_imports_exactly_what_its_list_says() {
    let mut faults = Vec::new();
    let standard_library = shared_list("standard-library");
    let adapter = shared_list("wasi-0.1-adapter");
    for component in components() {
        let file = repository().join(format!("target/components/{component}.wasm"));
        let Ok(wasm) = fs::read(&file) else {
            faults.push(format!("{component}: not built (make build)"));
            continue;
        };
        let mut allowed = standard_library.clone();
        if has_adapter(&wasm) {
            allowed.extend(adapter.iter().cloned());
        }
        let list = repository().join(format!("tests/imports/{component}.txt"));
        let Ok(list) = fs::read_to_string(&list) else {
            faults.push(format!(
                "{component}: no tests/imports/{component}.txt. It imports:\n  {}",
                imports(&wasm)
                    .difference(&allowed)
                    .cloned()
                    .collect::<Vec<_>>()
                    .join("\n  ")
            ));
            continue;
        };
        let required = names(&list);
        let actual = imports(&wasm);
        for name in &actual {
            if !required.contains(name) && !allowed.contains(name) {
                faults.push(format!(
                    "{component} imports {name}, which its list does not allow"
                ));
            }
        }
        for name in required.difference(&actual) {
            faults.push(format!(
                "{component} no longer imports {name}: take it off the list"
            ));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_list_has_its_component() {
    let components = components();
    for entry in fs::read_dir(repository().join("tests/imports")).expect("a folder") {
        let name = entry.expect("an entry").file_name();
        let name = name.to_string_lossy();
        let Some(component) = name.strip_suffix(".txt").map(str::to_owned) else {
            continue;
        };
        assert!(components.contains(&component), "{name} lists no component");
    }
}

fn components() -> BTreeSet<String> {
    fs::read_dir(repository().join("components"))
        .expect("a folder")
        .flatten()
        .filter(|entry| entry.path().join("Cargo.toml").exists())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

/// What every component may import, whichever it is.
fn shared_list(name: &str) -> BTreeSet<String> {
    let file = repository().join("tests/imports").join(name);
    names(&fs::read_to_string(file).expect("the list"))
}

/// Whether some module in it calls WASI 0.1, so that the linker put the adapter to
/// today's WASI beside it.
fn has_adapter(wasm: &[u8]) -> bool {
    Parser::new(0).parse_all(wasm).any(|payload| {
        let Ok(Payload::ImportSection(section)) = payload else {
            return false;
        };
        section
            .into_imports()
            .any(|import| import.is_ok_and(|import| import.module == "wasi_snapshot_preview1"))
    })
}

/// The names of a list, without its comments.
fn names(list: &str) -> BTreeSet<String> {
    list.lines()
        .map(|line| line.split('#').next().unwrap_or_default().trim())
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The imports of the outermost component.
fn imports(wasm: &[u8]) -> BTreeSet<String> {
    let mut depth = 0;
    let mut names = BTreeSet::new();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.expect("a component that its tools wrote") {
            Payload::Version { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::ComponentImportSection(section) if depth == 1 => {
                for import in section {
                    let name = import.expect("a valid import").name.name;
                    names.insert(without_patch(name));
                }
            }
            _ => {}
        }
    }
    names
}

/// `wasi:io/poll@0.2.6` as `wasi:io/poll@0.2`: the toolchain chooses the patch.
fn without_patch(name: &str) -> String {
    match name.split_once("@0.2.") {
        Some((interface, _)) if name.starts_with("wasi:") => format!("{interface}@0.2"),
        _ => name.to_owned(),
    }
}
