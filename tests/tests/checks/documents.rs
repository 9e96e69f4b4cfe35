//! Do the documents still say what is true of the files?

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use gatelet_core::danger::is_gatelets;
use gatelet_tests::repository;

fn text(path: &str) -> String {
    fs::read_to_string(repository().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn the_readme_names_every_table_of_a_database() {
    let mut tables = BTreeSet::from(["auth_migrations".to_owned()]);
    let mut files: Vec<_> = fs::read_dir(repository().join("migrations"))
        .expect("the folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "sql"))
        .collect();
    files.sort_unstable();
    for file in files {
        for line in fs::read_to_string(file).expect("a migration").lines() {
            let words: Vec<_> = line
                .split(|character: char| !character.is_ascii_alphanumeric() && character != '_')
                .filter(|word| !word.is_empty())
                .collect();
            match words.as_slice() {
                ["CREATE", "TABLE", name, ..] => tables.insert((*name).to_owned()),
                ["DROP", "TABLE", name] => tables.remove(*name),
                ["ALTER", "TABLE", old, "RENAME", "TO", new] => {
                    tables.remove(*old) && tables.insert((*new).to_owned())
                }
                _ => false,
            };
        }
    }
    assert!(tables.contains("auth_sessions"), "{tables:?}");
    let readme = text("README.md");
    let missing: Vec<_> = tables
        .iter()
        .filter(|table| !readme.contains(&format!("`{table}`")))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_readme_names_every_path_that_the_app_does_not_get() {
    let manifest: toml::Table = text("spin.toml").parse().expect("TOML");
    let triggers = manifest["trigger"]["http"].as_array().expect("triggers");
    let routes = triggers
        .iter()
        .filter(|trigger| trigger["component"].as_str() == Some("auth"))
        .filter_map(|trigger| trigger["route"].as_str())
        .map(|route| route.replace("/...", "/*"));
    let probes = ["/health/live", "/health/ready"].map(str::to_owned);
    let readme = text("README.md");
    for path in routes.chain(probes) {
        assert!(readme.contains(&format!("`{path}`")), "{path}");
    }
}

/// What the stand-in for developers hands to no app is what a manifest takes from it.
#[test]
fn every_path_that_the_app_does_not_get_is_known_to_the_core() {
    let manifest: toml::Table = text("spin.toml").parse().expect("TOML");
    let triggers = manifest["trigger"]["http"].as_array().expect("triggers");
    let routes = triggers
        .iter()
        .filter(|trigger| {
            ["auth", "console"]
                .map(Some)
                .contains(&trigger["component"].as_str())
        })
        .filter_map(|trigger| trigger["route"].as_str());
    for route in routes {
        let (path, is_below) = match route.strip_suffix("/...") {
            Some(path) => (path, true),
            None => (route, false),
        };
        assert!(is_gatelets(path), "{route}");
        assert_eq!(is_gatelets(&format!("{path}/x")), is_below, "{route}");
    }
}

#[test]
fn links_between_documents_lead_somewhere() {
    let mut documents = vec!["README.md", "SECURITY.md", "CONTRIBUTING.md"]
        .into_iter()
        .map(|path| repository().join(path))
        .collect::<Vec<_>>();
    for folder in ["docs", "docs/design"] {
        let entries = fs::read_dir(repository().join(folder)).expect("a folder");
        let paths = entries.map(|entry| entry.expect("an entry").path());
        documents
            .extend(paths.filter(|path| path.extension().is_some_and(|ending| ending == "md")));
    }
    let mut links = 0;
    for document in documents {
        let text = fs::read_to_string(&document).expect("a document");
        for (_, rest) in text
            .match_indices("](")
            .map(|(at, _)| text.split_at(at + 2))
        {
            let target = rest.split([')', '#']).next().unwrap_or_default();
            if target.is_empty() || target.contains("://") || target.contains(char::is_whitespace) {
                continue;
            }
            links += 1;
            let folder = document.parent().unwrap_or(Path::new("."));
            assert!(
                folder.join(target).exists(),
                "{}: {target}",
                document.display()
            );
        }
    }
    assert!(links > 10, "only {links} links were found");
}

#[test]
fn every_block_that_says_so_is_run_by_a_test() {
    let folder = repository().join("tests/src/neighbour");
    let sources: String = fs::read_dir(folder)
        .expect("the sources")
        .map(|entry| fs::read_to_string(entry.expect("a file").path()).expect("text"))
        .collect();
    let mut blocks = 0;
    for page in ["docs/deploy.md", "docs/apps.md"] {
        for line in text(page).lines() {
            let Some(name) = line.strip_prefix("<!-- runs: ") else {
                continue;
            };
            let name = name.trim_end_matches(" -->");
            assert!(
                sources.contains(&format!("{name:?}")),
                "{page}: nothing runs {name}"
            );
            blocks += 1;
        }
    }
    assert!(blocks > 8, "{blocks} blocks");
}
